/*
 * Addresses: one allocation and one free among many live ones, in a space that is full of holes. A pass allocates many, which
 * fills the lowest holes, and frees them in random order, which leaves the space as it was. The other side does the same
 * steps in the same order, from the same random numbers.
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

static void shuffle(uint32_t *order, int count, uint64_t *random)
{
    for (int i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    for (int left = count; left > 1; left--) {
        uint32_t chosen = draw(random, (uint32_t)left), last = order[left - 1];

        order[left - 1] = order[chosen];
        order[chosen] = last;
    }
}

/* Half as many holes as live pages: every second page of the lower part comes free, in random order. */
static int fragment(struct extents *space, int live, uint64_t *random)
{
    int holes = live / 2, total = live + holes;
    uint64_t *starts = calloc((size_t)total, sizeof(uint64_t));
    uint32_t *order = calloc((size_t)holes, sizeof(uint32_t));

    if (starts == NULL || order == NULL)
        return failed("calloc");
    for (int i = 0; i < total; i++)
        starts[i] = take(space, PAGE, PAGE);
    shuffle(order, holes, random);
    for (int i = 0; i < holes; i++)
        give(space, starts[2 * order[i] + 1], PAGE);
    free(starts);
    free(order);
    return 0;
}

static int fill_and_free(struct extents *space, uint64_t *starts, const uint32_t *order, int count)
{
    for (int i = 0; i < count; i++) {
        starts[i] = take(space, PAGE, PAGE);
        if (starts[i] == 0) {
            errno = ENOSPC;
            return failed("allocate an address");
        }
    }
    for (int i = 0; i < count; i++)
        give(space, starts[order[i]], PAGE);
    return 0;
}

static int churn(const struct request *request, struct extents *space, uint64_t *starts, uint32_t *order, struct series *series)
{
    uint64_t random = SEED;

    extents_add(space, LOWEST, LAST);
    if (fragment(space, request->live, &random) < 0)
        return -1;
    for (int pass = 0; pass < request->passes; pass++) {
        uint64_t begin;

        shuffle(order, request->count, &random);
        begin = now();
        if (fill_and_free(space, starts, order, request->count) < 0)
            return -1;
        series_add(series, (double)(now() - begin) / request->count);
    }
    return 0;
}

int iova_alloc(const struct request *request, double *figures)
{
    uint64_t *starts = calloc((size_t)request->count, sizeof(uint64_t));
    uint32_t *order = calloc((size_t)request->count, sizeof(uint32_t));
    struct extents space;
    struct series series;
    int result;

    if (starts == NULL || order == NULL)
        return failed("calloc");
    if (series_begin(&series, request->passes) < 0 || extents_create(&space, request->live + 2) < 0)
        return -1;
    result = churn(request, &space, starts, order, &series);
    extents_destroy(&space);
    free(starts);
    free(order);
    figures[0] = series_best(&series);
    return result < 0 ? result : 1;
}
