/* Devices, whichever way leads to them. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "floor.h"

#define LONGEST_PATH 256

int device_open(struct device *device, const char *backend, const char *address)
{
    static const struct backend *const backends[] = {&type1, &iommufd};

    *device = (struct device){.fd = -1, .group = -1, .iommu = -1};
    for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]); i++) {
        if (strcmp(backends[i]->name, backend) == 0) {
            device->backend = backends[i];
            if (backends[i]->open(device, address) == 0)
                return 0;
            device_close(device);
            return -1;
        }
    }
    errno = EINVAL;
    return failed("look for the back end");
}

void device_close(struct device *device)
{
    device->backend->close(device);
}

int device_region(const struct device *device, uint32_t index, struct vfio_region_info *info)
{
    struct vfio_region_info *whole;
    uint32_t wanted;
    int result;

    *info = (struct vfio_region_info){.argsz = sizeof(*info), .index = index};
    if (ioctl(device->fd, VFIO_DEVICE_GET_REGION_INFO, info) < 0)
        return errno == EINVAL ? 0 : failed("VFIO_DEVICE_GET_REGION_INFO");
    if (info->argsz <= sizeof(*info))
        return 1;

    wanted = info->argsz;
    whole = calloc(1, wanted);
    if (whole == NULL)
        return failed("calloc");
    whole->argsz = wanted;
    whole->index = index;
    result = ioctl(device->fd, VFIO_DEVICE_GET_REGION_INFO, whole) < 0 ? failed("VFIO_DEVICE_GET_REGION_INFO") : 1;
    free(whole);
    return result;
}

static void path_of(const char *address, const char *file, char *path)
{
    snprintf(path, LONGEST_PATH, "/sys/bus/pci/devices/%s/%s", address, file);
}

int device_link(const char *address, const char *link, char *name, size_t size)
{
    char path[LONGEST_PATH], target[LONGEST_PATH];
    ssize_t length;
    const char *slash;

    path_of(address, link, path);
    length = readlink(path, target, sizeof(target) - 1);
    if (length < 0)
        return failed("readlink of the device's driver or group");
    target[length] = '\0';
    slash = strrchr(target, '/');
    snprintf(name, size, "%s", slash != NULL ? slash + 1 : target);
    return 0;
}

int device_node(const char *address, char *name, size_t size)
{
    char path[LONGEST_PATH];
    struct dirent *entry;
    DIR *folder;

    path_of(address, "vfio-dev", path);
    folder = opendir(path);
    if (folder == NULL)
        return failed("opendir of the device's vfio-dev");
    do {
        errno = ENOENT;
        entry = readdir(folder);
    } while (entry != NULL && entry->d_name[0] == '.');
    if (entry != NULL)
        snprintf(name, size, "%s", entry->d_name);
    closedir(folder);
    return entry != NULL ? 0 : failed("readdir of the device's vfio-dev");
}
