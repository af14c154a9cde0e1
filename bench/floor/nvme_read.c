/*
 * Reads of 4 KiB at random places of a namespace, polled, with a number of them under way. One doorbell tells of all that
 * was put into the one queue since the last; of what was taken out of the other the controller is told in halves of the
 * queue, because nothing waits for its entries.
 */
#include <errno.h>

#include "floor.h"
#include "nvme.h"

#define NVM_READ 0x02
#define SEED 0x9e3779b97f4a7c15UL

/* A request's number is the number of its page of data. */
struct reader {
    struct nvme *nvme;
    uint64_t random;
    int left;    /* to be submitted */
    int untold;  /* taken, and not acknowledged */
};

/* xorshift64, which the other side uses too. */
static uint64_t next_place(struct reader *reader)
{
    reader->random ^= reader->random << 13;
    reader->random ^= reader->random >> 7;
    reader->random ^= reader->random << 17;
    return reader->random % reader->nvme->transfers;
}

static void submit(struct reader *reader, uint16_t cid)
{
    uint64_t block = next_place(reader) * reader->nvme->blocks;
    struct nvme_command command = {
        .opcode = NVM_READ,
        .cid = cid,
        .nsid = 1,
        .prp1 = reader->nvme->data + cid * NVME_TRANSFER,
        .cdw10 = (uint32_t)block,
        .cdw11 = (uint32_t)(block >> 32),
        .cdw12 = reader->nvme->blocks - 1,
    };

    nvme_submit(&reader->nvme->io, &command);
    reader->left--;
}

/* Takes what is complete, and puts others in its place. */
static int turn(struct reader *reader)
{
    struct nvme_queue *queue = &reader->nvme->io;
    volatile struct nvme_completion *completion;
    int taken = 0, left = reader->left;

    while ((completion = nvme_peek(queue)) != NULL) {
        uint16_t status = completion->status, cid = completion->cid;

        nvme_release(queue);
        taken++;
        if (status >> 1 != 0) {
            errno = EIO;
            return failed("Read");
        }
        if (reader->left > 0)
            submit(reader, cid);
    }
    reader->untold += taken;
    if (reader->untold >= NVME_ENTRIES / 2) {
        reader->untold = 0;
        nvme_acknowledge(queue);
    }
    if (reader->left != left)
        nvme_ring(queue);
    return taken;
}

static int pass(struct reader *reader, int count, int depth)
{
    int done = 0;

    reader->left = count;
    for (int i = 0; i < depth && reader->left > 0; i++)
        submit(reader, (uint16_t)i);
    nvme_ring(&reader->nvme->io);
    while (done < count) {
        int taken = turn(reader);

        if (taken < 0)
            return -1;
        done += taken;
    }
    return 0;
}

int nvme_read(const struct request *request, double *figures)
{
    struct series series;
    struct nvme nvme;
    struct reader reader = {.nvme = &nvme, .random = SEED};
    int result = 0;

    if (request->live < 1 || request->live > NVME_DEEPEST) {
        errno = EINVAL;
        return failed("put so many reads under way");
    }
    if (series_begin(&series, request->passes) < 0 || nvme_open(&nvme, request->backend, request->device) < 0)
        return -1;
    for (int i = 0; i < request->passes && result == 0; i++) {
        uint64_t begin = now();

        result = pass(&reader, request->count, request->live);
        series_add(&series, (double)(now() - begin) / request->count);
    }
    nvme_close(&nvme);
    figures[0] = series_best(&series);
    return result < 0 ? result : 1;
}
