/*
 * A pool of blocks: a free list without locks, in one word that has the first free block and a tag, which changes with
 * every exchange, so that a list that came back to the same first block is not taken for unchanged.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "floor.h"

#define NONE UINT32_MAX
#define TAG (1UL << 32)

struct pool {
    _Atomic uint64_t head;
    _Atomic uint32_t *next;
};

static int pool_create(struct pool *pool, int blocks)
{
    pool->next = calloc((size_t)blocks, sizeof(*pool->next));
    if (pool->next == NULL)
        return failed("calloc");
    for (int i = 0; i < blocks; i++)
        pool->next[i] = i + 1 < blocks ? (uint32_t)i + 1 : NONE;
    pool->head = 0;
    return 0;
}

static uint32_t pool_take(struct pool *pool)
{
    uint64_t head = atomic_load_explicit(&pool->head, memory_order_acquire);
    uint32_t next;

    do {
        if ((uint32_t)head == NONE)
            return NONE;
        next = atomic_load_explicit(&pool->next[(uint32_t)head], memory_order_relaxed);
    } while (!atomic_compare_exchange_weak_explicit(&pool->head, &head, ((head + TAG) & ~(TAG - 1)) | next,
                                                    memory_order_acquire, memory_order_acquire));
    return (uint32_t)head;
}

static void pool_give(struct pool *pool, uint32_t block)
{
    uint64_t head = atomic_load_explicit(&pool->head, memory_order_relaxed);

    do
        atomic_store_explicit(&pool->next[block], (uint32_t)head, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&pool->head, &head, ((head + TAG) & ~(TAG - 1)) | block,
                                                  memory_order_release, memory_order_relaxed));
}

int pool_rent(const struct request *request, double *figures)
{
    struct series series;
    struct pool pool;

    if (series_begin(&series, request->passes) < 0 || pool_create(&pool, request->live) < 0)
        return -1;
    for (int pass = 0; pass < request->passes; pass++) {
        uint64_t begin = now();

        for (int i = 0; i < request->count; i++)
            pool_give(&pool, pool_take(&pool));
        series_add(&series, (double)(now() - begin) / request->count);
    }
    free((void *)pool.next);
    figures[0] = series_best(&series);
    return 1;
}
