/* Memory for the measurements, laid out as the other side's is. */
#include <stddef.h>
#include <sys/mman.h>

#include "floor.h"

void *memory_take(uint64_t length)
{
    uint64_t reserved = length + LARGE_PAGE;
    char *start = mmap(NULL, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    uint64_t before;

    if (start == MAP_FAILED) {
        failed("mmap");
        return NULL;
    }
    before = -(uint64_t)start & (LARGE_PAGE - 1);
    if (before != 0)
        munmap(start, before);
    if (LARGE_PAGE - before != 0)
        munmap(start + before + length, LARGE_PAGE - before);
    start += before;
    /* A kernel without large pages refuses, and small ones are what it gets. */
    madvise(start, length, MADV_HUGEPAGE);
    for (uint64_t i = 0; i < length; i += PAGE)
        *(volatile char *)(start + i) = 0;
    return start;
}

void memory_give(void *memory, uint64_t length)
{
    munmap(memory, length);
}
