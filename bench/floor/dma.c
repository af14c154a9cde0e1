/*
 * Mapping for DMA: count mappings of the same memory at addresses that follow each other, then their unmapping, each timed
 * as a whole. The floor is the bare loop of ioctls, without books of what is mapped: nothing that calls the kernel can be
 * faster.
 */
#include "device.h"
#include "floor.h"

/* Where the SDK begins as well: above the first 64 KiB, at a multiple of the length. */
#define FIRST_IOVA 0x10000UL

static int pass(const struct request *request, struct device *device, void *memory, uint64_t iova, uint64_t length,
                struct series *series)
{
    uint64_t begin = now(), middle;

    if (device->backend->map(device, memory, iova, length, request->count) < 0)
        return -1;
    middle = now();
    if (device->backend->unmap(device, iova, length, request->count) < 0)
        return -1;
    if (series != NULL) {
        series_add(&series[1], (double)(now() - middle) / request->count);
        series_add(&series[0], (double)(middle - begin) / request->count);
    }
    return 0;
}

static int passes(const struct request *request, struct device *device, void *memory, uint64_t length, struct series *series)
{
    uint64_t iova = length < FIRST_IOVA ? FIRST_IOVA : length;

    if (device->backend->map(device, memory, iova, length, request->live) < 0)
        return -1;
    iova += length * (uint64_t)request->live;

    /* The first one makes room in the books of both sides, and does not count. */
    if (pass(request, device, memory, iova, length, NULL) < 0)
        return -1;
    for (int i = 0; i < request->passes; i++) {
        if (pass(request, device, memory, iova, length, series) < 0)
            return -1;
    }
    return 0;
}

static int dma(const struct request *request, uint64_t length, double *figures)
{
    struct series series[2];
    struct device device;
    void *memory = memory_take(length);
    int result;

    if (memory == NULL || series_begin(&series[0], request->passes) < 0 || series_begin(&series[1], request->passes) < 0 ||
        device_open(&device, request->backend, request->device) < 0)
        return -1;
    result = passes(request, &device, memory, length, series);
    device_close(&device);
    memory_give(memory, length);
    figures[0] = series_best(&series[0]);
    figures[1] = series_best(&series[1]);
    return result < 0 ? result : 2;
}

int dma_small(const struct request *request, double *figures)
{
    return dma(request, PAGE, figures);
}

int dma_large(const struct request *request, double *figures)
{
    return dma(request, LARGE_PAGE, figures);
}
