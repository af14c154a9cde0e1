/* What all parts of the floor share: a request, its figures, time, and how a failure is told. */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>

#define PAGE 4096UL
#define LARGE_PAGE (2UL << 20)

/* How many figures a row has at most. */
#define FIGURES 2

/* One line of input. */
struct request {
    const char *row;
    const char *backend; /* type1, iommufd, or host, which has no device */
    const char *device;  /* a PCI address */
    int passes;          /* how often all is done */
    int count;           /* operations in each pass */
    int live;            /* mappings or allocations that are there already; of reads, how many are under way */
};

/* Measures: fills the figures, nanoseconds for one operation, and returns how many there are, or what failed() returned. */
typedef int measure(const struct request *request, double *figures);

measure dma_small, dma_large;
measure mmio_read, mmio_write, mmio_copy, config_read;
measure irq_wake;
measure open_close;
measure iova_alloc;
measure pool_rent;
measure nvme_read;

/* Notes the step and errno for the answer. Returns -1. */
int failed(const char *step);

/* The figures of the passes so far. */
struct series {
    int count;
    double *values;
};

/* Room for the passes of a request. */
int series_begin(struct series *series, int passes);
void series_add(struct series *series, double value);

/* The series ends: with the best of the passes, where the others did the same and were disturbed, or with the median. */
double series_best(struct series *series);
double series_median(struct series *series);

/* Nanoseconds of the clock that the program on the other side reads too. */
uint64_t now(void);

/* Zeroed and populated memory that begins at a multiple of LARGE_PAGE, of large pages where the kernel has them. */
void *memory_take(uint64_t length);
void memory_give(void *memory, uint64_t length);

#endif
