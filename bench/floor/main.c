/*
 * The floor: what the SDK is measured against. A child of the program that runs both: each line of standard input asks for
 * one measurement, and gets one line back.
 *
 *     ROW BACKEND DEVICE PASSES COUNT LIVE
 *
 * The answer is one or two decimals, nanoseconds for one operation, or "error" with the step and what errno says. All that a
 * measurement opens it closes again before it answers.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "floor.h"

#define LONGEST_WORD "63"
#define WORD 64

static const struct {
    const char *name;
    measure *measure;
} rows[] = {
    {"dma.4k", dma_small},
    {"dma.2m", dma_large},
    {"mmio.read32", mmio_read},
    {"mmio.write32", mmio_write},
    {"mmio.copy64k", mmio_copy},
    {"config.read32", config_read},
    {"irq.wake", irq_wake},
    {"open.close", open_close},
    {"iova.alloc", iova_alloc},
    {"pool.rent", pool_rent},
    {"nvme.randread", nvme_read},
};

static const char *failed_step;
static int failed_errno;

int failed(const char *step)
{
    failed_step = step;
    failed_errno = errno;
    return -1;
}

static int run(const struct request *request, double *figures)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, request->row) == 0)
            return rows[i].measure(request, figures);
    }
    errno = EINVAL;
    return failed("look for the row");
}

static void answer(char *line)
{
    char row[WORD], backend[WORD], device[WORD];
    struct request request = {.row = row, .backend = backend, .device = device};
    double figures[FIGURES];
    int count;

    if (sscanf(line, "%" LONGEST_WORD "s %" LONGEST_WORD "s %" LONGEST_WORD "s %d %d %d", row, backend, device,
               &request.passes, &request.count, &request.live) != 6 ||
        request.passes < 1 || request.count < 1 || request.live < 0) {
        errno = EINVAL;
        count = failed("read the request");
    } else {
        count = run(&request, figures);
    }
    if (count < 0)
        printf("error %s: errno %d (%s)", failed_step, failed_errno, strerror(failed_errno));
    for (int i = 0; i < count; i++)
        printf(i == 0 ? "%.3f" : " %.3f", figures[i]);
    putchar('\n');
    fflush(stdout);
}

int main(void)
{
    char line[512];

    while (fgets(line, sizeof(line), stdin) != NULL)
        answer(line);
    return 0;
}
