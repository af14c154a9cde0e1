/* Registers: a BAR that is mapped, or on the host memory in its place, and configuration space by calls. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "device.h"
#include "floor.h"

#define COPY (64UL << 10)

struct bar {
    struct device device;
    int has_device;
    void *memory;
    uint64_t length;
};

static int bar_open(struct bar *bar, const struct request *request)
{
    struct vfio_region_info info;

    bar->has_device = strcmp(request->backend, "host") != 0;
    if (!bar->has_device) {
        bar->length = COPY;
        bar->memory = memory_take(COPY);
        return bar->memory != NULL ? 0 : -1;
    }
    if (device_open(&bar->device, request->backend, request->device) < 0)
        return -1;
    if (device_region(&bar->device, VFIO_PCI_BAR2_REGION_INDEX, &info) > 0) {
        bar->length = info.size;
        bar->memory = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, bar->device.fd, (off_t)info.offset);
        if (bar->memory != MAP_FAILED)
            return 0;
        failed("mmap of BAR 2");
    }
    device_close(&bar->device);
    return -1;
}

static void bar_close(struct bar *bar)
{
    munmap(bar->memory, bar->length);
    if (bar->has_device)
        device_close(&bar->device);
}

/* Not inlined, so that each loop is compiled for itself; the sum is what a driver would make of the values. */
static __attribute__((noinline)) uint32_t read_loop(const volatile uint32_t *reg, int count)
{
    uint32_t sum = 0;

    for (int i = 0; i < count; i++)
        sum += *reg;
    return sum;
}

static __attribute__((noinline)) uint32_t write_loop(volatile uint32_t *reg, int count)
{
    for (int i = 0; i < count; i++)
        *reg = (uint32_t)i;
    return 0;
}

static __attribute__((noinline)) void copy_loop(volatile uint64_t *registers, const uint64_t *source, int words)
{
    for (int i = 0; i < words; i++)
        registers[i] = source[i];
}

static uint32_t copies(volatile uint32_t *registers, int count)
{
    static uint64_t source[COPY / sizeof(uint64_t)];

    for (int i = 0; i < count; i++)
        copy_loop((volatile uint64_t *)registers, source, COPY / sizeof(uint64_t));
    return 0;
}

static uint32_t reads(volatile uint32_t *registers, int count)
{
    return read_loop(registers, count);
}

static int mmio(const struct request *request, uint32_t (*loop)(volatile uint32_t *registers, int count), double *figures)
{
    volatile uint32_t sum = 0;
    struct series series;
    struct bar bar;

    if (series_begin(&series, request->passes) < 0 || bar_open(&bar, request) < 0)
        return -1;
    for (int pass = 0; pass < request->passes; pass++) {
        uint64_t begin = now();

        sum += loop(bar.memory, request->count);
        series_add(&series, (double)(now() - begin) / request->count);
    }
    bar_close(&bar);
    figures[0] = series_best(&series);
    return 1;
}

int mmio_read(const struct request *request, double *figures)
{
    return mmio(request, reads, figures);
}

int mmio_write(const struct request *request, double *figures)
{
    return mmio(request, write_loop, figures);
}

int mmio_copy(const struct request *request, double *figures)
{
    return mmio(request, copies, figures);
}

static int config_pass(const struct device *device, const struct vfio_region_info *config, int count)
{
    uint32_t value;

    for (int i = 0; i < count; i++) {
        if (pread(device->fd, &value, sizeof(value), (off_t)config->offset) != sizeof(value))
            return failed("pread of configuration space");
    }
    return 0;
}

int config_read(const struct request *request, double *figures)
{
    struct vfio_region_info config;
    struct series series;
    struct device device;
    int result;

    if (series_begin(&series, request->passes) < 0 || device_open(&device, request->backend, request->device) < 0)
        return -1;
    result = device_region(&device, VFIO_PCI_CONFIG_REGION_INDEX, &config);
    for (int pass = 0; pass < request->passes && result > 0; pass++) {
        uint64_t begin = now();

        if (config_pass(&device, &config, request->count) < 0)
            result = -1;
        series_add(&series, (double)(now() - begin) / request->count);
    }
    device_close(&device);
    figures[0] = series_best(&series);
    return result > 0 ? 1 : -1;
}
