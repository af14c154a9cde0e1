/* The way through the device's own node and an IOAS. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/iommufd.h>

#include "device.h"
#include "floor.h"

/* More than any machine has of them. */
#define RANGES 64

static int iommufd_open(struct device *device, const char *address)
{
    struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind)};
    struct iommu_ioas_alloc alloc = {.size = sizeof(alloc)};
    struct vfio_device_attach_iommufd_pt attach = {.argsz = sizeof(attach)};
    char node[32], path[64];

    if (device_node(address, node, sizeof(node)) < 0)
        return -1;
    snprintf(path, sizeof(path), "/dev/vfio/devices/%s", node);

    device->iommu = open("/dev/iommu", O_RDWR | O_CLOEXEC);
    if (device->iommu < 0)
        return failed("open of /dev/iommu");
    if (ioctl(device->iommu, IOMMU_IOAS_ALLOC, &alloc) < 0)
        return failed("IOMMU_IOAS_ALLOC");
    device->ioas = alloc.out_ioas_id;

    device->fd = open(path, O_RDWR | O_CLOEXEC);
    if (device->fd < 0)
        return failed("open of the device's node");
    bind.iommufd = device->iommu;
    if (ioctl(device->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind) < 0)
        return failed("VFIO_DEVICE_BIND_IOMMUFD");
    attach.pt_id = device->ioas;
    return ioctl(device->fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach) < 0 ? failed("VFIO_DEVICE_ATTACH_IOMMUFD_PT") : 0;
}

static void iommufd_close(struct device *device)
{
    /* The device detaches with its close, and the IOAS goes with the iommufd. */
    if (device->fd >= 0)
        close(device->fd);
    if (device->iommu >= 0)
        close(device->iommu);
}

static int iommufd_query(const struct device *device)
{
    struct iommu_iova_range ranges[RANGES];
    struct iommu_ioas_iova_ranges query = {
        .size = sizeof(query),
        .ioas_id = device->ioas,
        .num_iovas = RANGES,
        .allowed_iovas = (uintptr_t)ranges,
    };

    return ioctl(device->iommu, IOMMU_IOAS_IOVA_RANGES, &query) < 0 ? failed("IOMMU_IOAS_IOVA_RANGES") : 0;
}

/* No books, as with type1. */
static int iommufd_map(const struct device *device, void *memory, uint64_t iova, uint64_t length, int count)
{
    struct iommu_ioas_map map = {
        .size = sizeof(map),
        .flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_READABLE | IOMMU_IOAS_MAP_WRITEABLE,
        .ioas_id = device->ioas,
        .user_va = (uintptr_t)memory,
        .length = length,
        .iova = iova,
    };

    for (int i = 0; i < count; i++, map.iova += length) {
        if (ioctl(device->iommu, IOMMU_IOAS_MAP, &map) < 0)
            return failed("IOMMU_IOAS_MAP");
    }
    return 0;
}

static int iommufd_unmap(const struct device *device, uint64_t iova, uint64_t length, int count)
{
    struct iommu_ioas_unmap unmap = {.size = sizeof(unmap), .ioas_id = device->ioas, .iova = iova};

    for (int i = 0; i < count; i++, unmap.iova += length) {
        /* The kernel writes here how much it unmapped. */
        unmap.length = length;
        if (ioctl(device->iommu, IOMMU_IOAS_UNMAP, &unmap) < 0)
            return failed("IOMMU_IOAS_UNMAP");
    }
    return 0;
}

const struct backend iommufd = {
    .name = "iommufd",
    .open = iommufd_open,
    .close = iommufd_close,
    .query = iommufd_query,
    .map = iommufd_map,
    .unmap = iommufd_unmap,
};
