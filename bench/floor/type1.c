/* The way through a group in a container of type1, version 2. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "floor.h"

static int type1_open(struct device *device, const char *address)
{
    struct vfio_group_status status = {.argsz = sizeof(status)};
    char group[16], path[64];

    if (device_link(address, "iommu_group", group, sizeof(group)) < 0)
        return -1;
    snprintf(path, sizeof(path), "/dev/vfio/%s", group);

    device->iommu = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
    if (device->iommu < 0)
        return failed("open of /dev/vfio/vfio");
    if (ioctl(device->iommu, VFIO_GET_API_VERSION) != VFIO_API_VERSION)
        return failed("VFIO_GET_API_VERSION");
    if (ioctl(device->iommu, VFIO_CHECK_EXTENSION, VFIO_TYPE1v2_IOMMU) <= 0)
        return failed("VFIO_CHECK_EXTENSION of type1v2");

    device->group = open(path, O_RDWR | O_CLOEXEC);
    if (device->group < 0)
        return failed("open of the group's node");
    if (ioctl(device->group, VFIO_GROUP_GET_STATUS, &status) < 0)
        return failed("VFIO_GROUP_GET_STATUS");
    if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE)) {
        errno = EPERM;
        return failed("VFIO_GROUP_GET_STATUS: the group is not viable");
    }
    if (ioctl(device->group, VFIO_GROUP_SET_CONTAINER, &device->iommu) < 0)
        return failed("VFIO_GROUP_SET_CONTAINER");
    if (ioctl(device->iommu, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
        return failed("VFIO_SET_IOMMU");

    device->fd = ioctl(device->group, VFIO_GROUP_GET_DEVICE_FD, address);
    return device->fd >= 0 ? 0 : failed("VFIO_GROUP_GET_DEVICE_FD");
}

static void type1_close(struct device *device)
{
    if (device->fd >= 0)
        close(device->fd);
    if (device->group >= 0)
        close(device->group);
    if (device->iommu >= 0)
        close(device->iommu);
}

/* What can be mapped: first how much there is to tell, then all of it. */
static int type1_query(const struct device *device)
{
    struct vfio_iommu_type1_info info = {.argsz = sizeof(info)}, *whole;
    uint32_t wanted;
    int result;

    if (ioctl(device->iommu, VFIO_IOMMU_GET_INFO, &info) < 0)
        return failed("VFIO_IOMMU_GET_INFO");
    wanted = info.argsz;
    whole = calloc(1, wanted);
    if (whole == NULL)
        return failed("calloc");
    whole->argsz = wanted;
    result = ioctl(device->iommu, VFIO_IOMMU_GET_INFO, whole) < 0 ? failed("VFIO_IOMMU_GET_INFO") : 0;
    free(whole);
    return result;
}

/* No books: addresses follow each other, and nothing notes which of them are mapped. */
static int type1_map(const struct device *device, void *memory, uint64_t iova, uint64_t length, int count)
{
    struct vfio_iommu_type1_dma_map map = {
        .argsz = sizeof(map),
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .vaddr = (uintptr_t)memory,
        .iova = iova,
        .size = length,
    };

    for (int i = 0; i < count; i++, map.iova += length) {
        if (ioctl(device->iommu, VFIO_IOMMU_MAP_DMA, &map) < 0)
            return failed("VFIO_IOMMU_MAP_DMA");
    }
    return 0;
}

static int type1_unmap(const struct device *device, uint64_t iova, uint64_t length, int count)
{
    struct vfio_iommu_type1_dma_unmap unmap = {.argsz = sizeof(unmap), .iova = iova};

    for (int i = 0; i < count; i++, unmap.iova += length) {
        /* The kernel writes here how much it unmapped. */
        unmap.size = length;
        if (ioctl(device->iommu, VFIO_IOMMU_UNMAP_DMA, &unmap) < 0)
            return failed("VFIO_IOMMU_UNMAP_DMA");
    }
    return 0;
}

const struct backend type1 = {
    .name = "type1",
    .open = type1_open,
    .close = type1_close,
    .query = type1_query,
    .map = type1_map,
    .unmap = type1_unmap,
};
