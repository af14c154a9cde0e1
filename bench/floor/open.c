/*
 * From a device's address to an open device that is known, and back. The same work as an open of the SDK's: who has the
 * device, its group or node, the address space and what can be mapped there, the device, all of its regions and
 * capabilities, its interrupts; then the close of all of it.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "device.h"
#include "floor.h"

static int describe(const struct device *device)
{
    struct vfio_device_info info = {.argsz = sizeof(info)};
    struct vfio_region_info region;

    if (device->backend->query(device) < 0)
        return -1;
    if (ioctl(device->fd, VFIO_DEVICE_GET_INFO, &info) < 0)
        return failed("VFIO_DEVICE_GET_INFO");
    for (uint32_t i = 0; i < info.num_regions; i++) {
        if (device_region(device, i, &region) < 0)
            return -1;
    }
    for (uint32_t i = VFIO_PCI_INTX_IRQ_INDEX; i <= VFIO_PCI_MSIX_IRQ_INDEX; i++) {
        struct vfio_irq_info irq = {.argsz = sizeof(irq), .index = i};

        if (ioctl(device->fd, VFIO_DEVICE_GET_IRQ_INFO, &irq) < 0 && errno != EINVAL)
            return failed("VFIO_DEVICE_GET_IRQ_INFO");
    }
    return 0;
}

static int open_and_close(const struct request *request)
{
    struct device device;
    char driver[32];
    int result;

    if (device_link(request->device, "driver", driver, sizeof(driver)) < 0)
        return -1;
    if (strcmp(driver, "vfio-pci") != 0) {
        errno = EBUSY;
        return failed("readlink of the device's driver: it is not vfio-pci");
    }
    if (device_open(&device, request->backend, request->device) < 0)
        return -1;
    result = describe(&device);
    device_close(&device);
    return result;
}

int open_close(const struct request *request, double *figures)
{
    struct series series;

    if (series_begin(&series, request->passes) < 0)
        return -1;
    for (int pass = 0; pass < request->passes; pass++) {
        uint64_t begin = now();

        if (open_and_close(request) < 0)
            return -1;
        series_add(&series, (double)(now() - begin));
    }
    figures[0] = series_median(&series);
    return 1;
}
