/* A device that is open, in an address space of its own. */
#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include <linux/vfio.h>

struct device {
    const struct backend *backend;
    int fd;
    int group;     /* type1's, or -1 */
    int iommu;     /* the container, or the iommufd */
    uint32_t ioas; /* iommufd's */
};

/* A way to a device, and the loops that map and unmap through it. */
struct backend {
    const char *name;
    int (*open)(struct device *device, const char *address);
    void (*close)(struct device *device);
    int (*query)(const struct device *device);
    int (*map)(const struct device *device, void *memory, uint64_t iova, uint64_t length, int count);
    int (*unmap)(const struct device *device, uint64_t iova, uint64_t length, int count);
};

extern const struct backend type1, iommufd;

int device_open(struct device *device, const char *backend, const char *address);
void device_close(struct device *device);

/* Asks for a region, its capabilities included. Returns 1, or 0 where the device cannot have it. */
int device_region(const struct device *device, uint32_t index, struct vfio_region_info *info);

/* The last part of what a link in the device's folder points to. */
int device_link(const char *address, const char *link, char *name, size_t size);

/* The name of the device's own node. */
int device_node(const char *address, char *name, size_t size);

#endif
