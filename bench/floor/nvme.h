/* An NVMe controller with one queue pair for reads, driven from user space. Names are the NVMe specification's, 1.4. */
#ifndef NVME_H
#define NVME_H

#include <stdint.h>

#include "device.h"

/* Entries of each queue, which is a page of submissions. One stays free, or a full queue would look empty. */
#define NVME_ENTRIES 64
#define NVME_DEEPEST (NVME_ENTRIES - 1)

/* Bytes that one read moves: a page, so that one PRP entry names it. */
#define NVME_TRANSFER 4096UL

struct nvme_command {
    uint8_t opcode, flags;
    uint16_t cid;
    uint32_t nsid;
    uint64_t reserved, metadata;
    uint64_t prp1, prp2;
    uint32_t cdw10, cdw11, cdw12, cdw13, cdw14, cdw15;
};

struct nvme_completion {
    uint32_t result, reserved;
    uint16_t sq_head, sq_id, cid;
    uint16_t status; /* bit 0 is the phase */
};

struct nvme_queue {
    struct nvme_command *submissions;
    volatile struct nvme_completion *completions;
    volatile uint32_t *sq_tail_doorbell, *cq_head_doorbell;
    uint16_t tail, head, phase;
};

struct nvme {
    struct device device;
    volatile uint8_t *registers;
    uint64_t registers_length;
    uint8_t *memory;
    uint64_t data;       /* the IOVA of the first transfer's page; the next follow */
    uint64_t transfers;  /* how many of them the namespace has */
    uint32_t blocks;     /* of the namespace, in a transfer */
    struct nvme_queue admin, io;
};

/* Opens the device, and takes the controller from reset to a queue pair that is ready. */
int nvme_open(struct nvme *nvme, const char *backend, const char *address);

/* Disables the controller, and closes the device. */
void nvme_close(struct nvme *nvme);

/* Puts a command at the tail; the controller learns of it with nvme_ring(). */
void nvme_submit(struct nvme_queue *queue, const struct nvme_command *command);
void nvme_ring(struct nvme_queue *queue);

/* The completion at the head, or NULL where there is none yet. nvme_release() gives its place back, and the next one is seen. */
volatile struct nvme_completion *nvme_peek(const struct nvme_queue *queue);
void nvme_release(struct nvme_queue *queue);
void nvme_acknowledge(struct nvme_queue *queue);

#endif
