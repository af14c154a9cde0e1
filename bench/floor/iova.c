/*
 * Addresses: one allocation and one free among many live ones, in a space that is full of holes. The other side does the
 * same steps in the same order, from the same random numbers.
 */
#include <errno.h>
#include <stdlib.h>

#include "extents.h"
#include "floor.h"

#define LOWEST 0x10000UL
#define LAST ((1UL << 48) - 1)
#define SEED 0x9e3779b97f4a7c15UL

/* The lowest address that fits, or zero. Only subtrees are entered that have an extent long enough. */
static struct extent *lowest_fit(struct extent *extent, uint64_t reach, uint64_t alignment, uint64_t *start)
{
    while (extent != NULL && extent->longest >= reach) {
        struct extent *found = lowest_fit(extent->left, reach, alignment, start);

        if (found != NULL)
            return found;
        *start = (extent->first + alignment - 1) & ~(alignment - 1);
        if (*start >= extent->first && *start <= extent->last && extent->last - *start >= reach)
            return extent;
        extent = extent->right;
    }
    return NULL;
}

static uint64_t take(struct extents *space, uint64_t length, uint64_t alignment)
{
    uint64_t start = 0, last, end;
    struct extent *extent = lowest_fit(space->root, length - 1, alignment, &start);

    if (extent == NULL)
        return 0;
    last = start + length - 1;
    end = extent->last;
    if (start > extent->first) {
        extents_resize(space, extent, extent->first, start - 1);
        if (last < end)
            extents_add(space, last + 1, end);
    } else if (last < end) {
        extents_resize(space, extent, last + 1, end);
    } else {
        extents_remove(space, extent);
    }
    return start;
}

static void give(struct extents *space, uint64_t start, uint64_t length)
{
    uint64_t last = start + length - 1;
    struct extent *below = extents_at_or_below(space, start);
    struct extent *above = below != NULL ? extents_next(below) : extents_lowest(space);
    int joins_below = below != NULL && below->last + 1 == start;
    int joins_above = above != NULL && last + 1 == above->first;

    if (joins_below && joins_above) {
        last = above->last;
        extents_remove(space, above);
        extents_resize(space, below, below->first, last);
    } else if (joins_below) {
        extents_resize(space, below, below->first, last);
    } else if (joins_above) {
        extents_resize(space, above, start, above->last);
    } else {
        extents_add(space, start, last);
    }
}

static uint32_t draw(uint64_t *random, uint32_t below)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)(*random >> 32) % below;
}

/* Half as many holes as there are live ones: every second page of the lower part is free, and came free in random order. */
static int fragment(struct extents *space, uint64_t *live, int count, uint64_t *random)
{
    int holes = count / 2, total = count + holes;
    uint64_t *freed = calloc((size_t)holes, sizeof(uint64_t));

    if (freed == NULL)
        return failed("calloc");
    for (int i = 0, kept = 0; i < total; i++) {
        uint64_t start = take(space, PAGE, PAGE);

        if (i < 2 * holes && i % 2 == 1)
            freed[i / 2] = start;
        else
            live[kept++] = start;
    }
    for (int left = holes; left > 0; left--) {
        uint32_t chosen = draw(random, (uint32_t)left);

        give(space, freed[chosen], PAGE);
        freed[chosen] = freed[left - 1];
    }
    free(freed);
    return 0;
}

static int steps(struct extents *space, uint64_t *live, const uint32_t *victims, int count)
{
    for (int i = 0; i < count; i++) {
        uint64_t start = take(space, PAGE, PAGE);

        if (start == 0) {
            errno = ENOSPC;
            return failed("allocate an address");
        }
        give(space, live[victims[i]], PAGE);
        live[victims[i]] = start;
    }
    return 0;
}

static int churn(const struct request *request, struct extents *space, uint64_t *live, uint32_t *victims, struct series *series)
{
    uint64_t random = SEED;

    extents_add(space, LOWEST, LAST);
    if (fragment(space, live, request->live, &random) < 0)
        return -1;
    for (int pass = 0; pass < request->passes; pass++) {
        uint64_t begin;

        for (int i = 0; i < request->count; i++)
            victims[i] = draw(&random, (uint32_t)request->live);
        begin = now();
        if (steps(space, live, victims, request->count) < 0)
            return -1;
        series_add(series, (double)(now() - begin) / request->count);
    }
    return 0;
}

int iova_alloc(const struct request *request, double *figures)
{
    uint64_t *live = calloc((size_t)request->live, sizeof(uint64_t));
    uint32_t *victims = calloc((size_t)request->count, sizeof(uint32_t));
    struct extents space;
    struct series series;
    int result;

    if (live == NULL || victims == NULL)
        return failed("calloc");
    if (series_begin(&series, request->passes) < 0 || extents_create(&space, 2 * request->live + 2) < 0)
        return -1;
    result = churn(request, &space, live, victims, &series);
    extents_destroy(&space);
    free(live);
    free(victims);
    figures[0] = series_end(&series);
    return result < 0 ? result : 1;
}
