/* Time, and what comes of the passes of a measurement. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "floor.h"

uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int series_begin(struct series *series, int passes)
{
    series->count = 0;
    series->values = calloc((size_t)passes, sizeof(double));
    return series->values != NULL ? 0 : failed("calloc");
}

void series_add(struct series *series, double value)
{
    series->values[series->count++] = value;
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

static void sort(struct series *series)
{
    qsort(series->values, (size_t)series->count, sizeof(double), compare);
}

double series_best(struct series *series)
{
    double best = 0;

    if (series->count > 0) {
        sort(series);
        best = series->values[0];
    }
    free(series->values);
    return best;
}

double series_median(struct series *series)
{
    int middle = series->count / 2;
    double median = 0;

    if (series->count > 0) {
        sort(series);
        median = series->values[middle];
        if (series->count % 2 == 0)
            median = (median + series->values[middle - 1]) / 2;
    }
    free(series->values);
    return median;
}
