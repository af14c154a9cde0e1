/*
 * From the trigger of an interrupt to the thread that waits for it: one thread blocks in a read of the eventfd, another
 * triggers. Before each trigger it sleeps, so that the first has long been blocked. The one that triggers has the first
 * processor and the other one the rest: left to chance, a wake-up would cost three times as much when it goes to another.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "device.h"
#include "floor.h"

/* As long as on the other side. */
#define PAUSE_NANOSECONDS 2000000

struct waiter {
    int eventfd;
    int count;
    atomic_int woken;
    uint64_t *times;
};

static void *wait_for_all(void *argument)
{
    struct waiter *waiter = argument;
    uint64_t value;

    for (int i = 0; i < waiter->count; i++) {
        if (read(waiter->eventfd, &value, sizeof(value)) != sizeof(value))
            break;
        waiter->times[i] = now();
        atomic_store_explicit(&waiter->woken, i + 1, memory_order_release);
    }
    return NULL;
}

static int msi_enable(const struct device *device, int eventfd)
{
    struct {
        struct vfio_irq_set set;
        int32_t eventfd;
    } request = {
        .set = {
            .argsz = sizeof(request),
            .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
            .index = VFIO_PCI_MSI_IRQ_INDEX,
            .count = 1,
        },
        .eventfd = eventfd,
    };

    return ioctl(device->fd, VFIO_DEVICE_SET_IRQS, &request) < 0 ? failed("VFIO_DEVICE_SET_IRQS") : 0;
}

static void pause_for_a_while(void)
{
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_NANOSECONDS}, NULL);
}

static int trigger_all(const struct device *device, struct waiter *waiter, struct series *series)
{
    struct vfio_irq_set trigger = {
        .argsz = sizeof(trigger),
        .flags = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER,
        .index = VFIO_PCI_MSI_IRQ_INDEX,
        .count = 1,
    };
    uint64_t begin;

    pause_for_a_while();
    for (int i = 0; i < waiter->count; i++) {
        begin = now();
        if (ioctl(device->fd, VFIO_DEVICE_SET_IRQS, &trigger) < 0)
            return failed("VFIO_DEVICE_SET_IRQS");
        do
            pause_for_a_while();
        while (atomic_load_explicit(&waiter->woken, memory_order_acquire) <= i);
        series_add(series, (double)(waiter->times[i] - begin));
    }
    return 0;
}

/* One processor cannot be split. */
static void split(pthread_t other)
{
    cpu_set_t own, rest;

    CPU_ZERO(&own);
    CPU_SET(0, &own);
    if (sched_getaffinity(0, sizeof(rest), &rest) < 0 || !CPU_ISSET(0, &rest) || CPU_COUNT(&rest) == 1)
        return;
    CPU_CLR(0, &rest);
    pthread_setaffinity_np(pthread_self(), sizeof(own), &own);
    pthread_setaffinity_np(other, sizeof(rest), &rest);
}

static int wake(const struct device *device, struct waiter *waiter, struct series *series)
{
    cpu_set_t all;
    pthread_t thread;
    int result;

    if (msi_enable(device, waiter->eventfd) < 0)
        return -1;
    errno = pthread_create(&thread, NULL, wait_for_all, waiter);
    if (errno != 0)
        return failed("pthread_create");
    sched_getaffinity(0, sizeof(all), &all);
    split(thread);
    result = trigger_all(device, waiter, series);
    sched_setaffinity(0, sizeof(all), &all);
    if (result < 0)
        pthread_cancel(thread);
    pthread_join(thread, NULL);
    return result;
}

int irq_wake(const struct request *request, double *figures)
{
    struct waiter waiter = {.eventfd = eventfd(0, EFD_CLOEXEC), .count = request->passes};
    struct series series;
    struct device device;
    int result;

    waiter.times = calloc((size_t)request->passes, sizeof(uint64_t));
    if (waiter.eventfd < 0 || waiter.times == NULL)
        return failed("eventfd");
    if (series_begin(&series, request->passes) < 0 || device_open(&device, request->backend, request->device) < 0)
        return -1;
    result = wake(&device, &waiter, &series);
    device_close(&device);
    close(waiter.eventfd);
    free(waiter.times);
    figures[0] = series_median(&series);
    return result < 0 ? result : 1;
}
