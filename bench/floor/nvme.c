/* An NVMe controller: from reset to a pair of queues for reads, and back. */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "floor.h"
#include "nvme.h"

enum {
    REGISTER_CAP = 0x00,
    REGISTER_CC = 0x14,
    REGISTER_CSTS = 0x1c,
    REGISTER_AQA = 0x24,
    REGISTER_ASQ = 0x28,
    REGISTER_ACQ = 0x30,
    REGISTER_DOORBELLS = 0x1000,
};

enum { ADMIN_CREATE_SQ = 0x01, ADMIN_CREATE_CQ = 0x05, ADMIN_IDENTIFY = 0x06 };

/* Entries of 64 and 16 bytes, pages of 4 KiB, the NVM command set; enabled. */
#define CC_ENABLED ((6U << 16) | (4U << 20) | 1U)
#define CSTS_READY 1U
#define CSTS_FATAL 2U

#define NSID 1U
#define IO_QUEUE 1U

#define COMMAND_MEMORY 2U
#define COMMAND_BUS_MASTER 4U
#define PCI_COMMAND 4

/* Where the device sees the memory, and what lies in it. */
#define MEMORY_IOVA (256UL << 20)
#define MEMORY_LENGTH LARGE_PAGE

enum { PAGE_ASQ, PAGE_ACQ, PAGE_SQ, PAGE_CQ, PAGE_IDENTIFY, PAGE_DATA = 16 };

#define ADMIN_SECONDS 10

static volatile uint32_t *register32(const struct nvme *nvme, uint32_t offset)
{
    return (volatile uint32_t *)(nvme->registers + offset);
}

static void write64(const struct nvme *nvme, uint32_t offset, uint64_t value)
{
    *(volatile uint64_t *)(nvme->registers + offset) = value;
}

static uint64_t capabilities(const struct nvme *nvme)
{
    return *(volatile uint64_t *)(nvme->registers + REGISTER_CAP);
}

static uint64_t iova_of(unsigned int page)
{
    return MEMORY_IOVA + page * PAGE;
}

static void *page_of(const struct nvme *nvme, unsigned int page)
{
    return nvme->memory + page * PAGE;
}

/* As long as the controller says that it may take. */
static int wait_ready(const struct nvme *nvme, uint32_t wanted)
{
    uint64_t limit = now() + ((capabilities(nvme) >> 24 & 0xff) + 1) * 500000000UL;
    uint32_t status;

    do {
        status = *register32(nvme, REGISTER_CSTS);
        if (status == UINT32_MAX || (status & CSTS_FATAL)) {
            errno = EIO;
            return failed("the controller's status");
        }
        if ((status & CSTS_READY) == wanted)
            return 0;
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    } while (now() < limit);
    errno = ETIMEDOUT;
    return failed("wait for CSTS.RDY");
}

static void queue_begin(struct nvme *nvme, struct nvme_queue *queue, unsigned int id, unsigned int first_page)
{
    uint32_t stride = 4U << (capabilities(nvme) >> 32 & 0xf);

    *queue = (struct nvme_queue){
        .submissions = page_of(nvme, first_page),
        .completions = page_of(nvme, first_page + 1),
        .sq_tail_doorbell = register32(nvme, REGISTER_DOORBELLS + 2 * id * stride),
        .cq_head_doorbell = register32(nvme, REGISTER_DOORBELLS + (2 * id + 1) * stride),
        .phase = 1,
    };
}

void nvme_submit(struct nvme_queue *queue, const struct nvme_command *command)
{
    queue->submissions[queue->tail] = *command;
    queue->tail = (uint16_t)((queue->tail + 1) % NVME_ENTRIES);
}

void nvme_ring(struct nvme_queue *queue)
{
    /* The entries are in memory before the controller is told; on x86 only the compiler could reorder them. */
    __atomic_thread_fence(__ATOMIC_RELEASE);
    *queue->sq_tail_doorbell = queue->tail;
}

volatile struct nvme_completion *nvme_peek(const struct nvme_queue *queue)
{
    volatile struct nvme_completion *completion = &queue->completions[queue->head];

    if ((__atomic_load_n(&completion->status, __ATOMIC_ACQUIRE) & 1) != queue->phase)
        return NULL;
    return completion;
}

void nvme_release(struct nvme_queue *queue)
{
    queue->head++;
    if (queue->head == NVME_ENTRIES) {
        queue->head = 0;
        queue->phase ^= 1;
    }
}

void nvme_acknowledge(struct nvme_queue *queue)
{
    *queue->cq_head_doorbell = queue->head;
}

static int admin(struct nvme *nvme, const struct nvme_command *command, const char *step)
{
    uint64_t limit = now() + ADMIN_SECONDS * 1000000000UL;
    volatile struct nvme_completion *completion;
    int status;

    nvme_submit(&nvme->admin, command);
    nvme_ring(&nvme->admin);
    while ((completion = nvme_peek(&nvme->admin)) == NULL) {
        if (now() > limit) {
            errno = ETIMEDOUT;
            return failed(step);
        }
    }
    status = completion->status >> 1;
    nvme_release(&nvme->admin);
    nvme_acknowledge(&nvme->admin);
    errno = EIO;
    return status == 0 ? 0 : failed(step);
}

static int enable(struct nvme *nvme)
{
    *register32(nvme, REGISTER_CC) = 0;
    if (wait_ready(nvme, 0) < 0)
        return -1;
    queue_begin(nvme, &nvme->admin, 0, PAGE_ASQ);
    *register32(nvme, REGISTER_AQA) = (NVME_ENTRIES - 1) << 16 | (NVME_ENTRIES - 1);
    write64(nvme, REGISTER_ASQ, iova_of(PAGE_ASQ));
    write64(nvme, REGISTER_ACQ, iova_of(PAGE_ACQ));
    *register32(nvme, REGISTER_CC) = CC_ENABLED;
    return wait_ready(nvme, CSTS_READY);
}

static int identify(struct nvme *nvme)
{
    const uint8_t *answer = page_of(nvme, PAGE_IDENTIFY);
    uint64_t blocks;
    uint32_t format;

    if (admin(nvme, &(struct nvme_command){.opcode = ADMIN_IDENTIFY, .nsid = NSID, .prp1 = iova_of(PAGE_IDENTIFY)},
              "Identify Namespace") < 0)
        return -1;
    memcpy(&blocks, answer, sizeof(blocks));
    memcpy(&format, answer + 128 + 4 * (answer[26] & 0xf), sizeof(format));
    nvme->blocks = (uint32_t)(NVME_TRANSFER >> (format >> 16 & 0xff));
    nvme->transfers = nvme->blocks == 0 ? 0 : blocks / nvme->blocks;
    errno = EINVAL;
    return nvme->transfers != 0 ? 0 : failed("look for blocks of at most 4 KiB in the namespace");
}

static int create_queues(struct nvme *nvme)
{
    uint32_t size = (NVME_ENTRIES - 1) << 16 | IO_QUEUE;

    /* Contiguous, and without an interrupt. */
    if (admin(nvme, &(struct nvme_command){.opcode = ADMIN_CREATE_CQ, .prp1 = iova_of(PAGE_CQ), .cdw10 = size, .cdw11 = 1},
              "Create I/O Completion Queue") < 0)
        return -1;
    if (admin(nvme, &(struct nvme_command){.opcode = ADMIN_CREATE_SQ, .prp1 = iova_of(PAGE_SQ), .cdw10 = size,
                                           .cdw11 = IO_QUEUE << 16 | 1},
              "Create I/O Submission Queue") < 0)
        return -1;
    queue_begin(nvme, &nvme->io, IO_QUEUE, PAGE_SQ);
    return 0;
}

static int command_register(const struct nvme *nvme)
{
    struct vfio_region_info config;
    uint16_t value;

    if (device_region(&nvme->device, VFIO_PCI_CONFIG_REGION_INDEX, &config) <= 0)
        return -1;
    if (pread(nvme->device.fd, &value, sizeof(value), (off_t)config.offset + PCI_COMMAND) != sizeof(value))
        return failed("pread of the command register");
    value |= COMMAND_MEMORY | COMMAND_BUS_MASTER;
    if (pwrite(nvme->device.fd, &value, sizeof(value), (off_t)config.offset + PCI_COMMAND) != sizeof(value))
        return failed("pwrite of the command register");
    return 0;
}

static int map(struct nvme *nvme)
{
    struct vfio_region_info bar;
    void *registers;

    if (device_region(&nvme->device, VFIO_PCI_BAR0_REGION_INDEX, &bar) <= 0)
        return -1;
    registers = mmap(NULL, bar.size, PROT_READ | PROT_WRITE, MAP_SHARED, nvme->device.fd, (off_t)bar.offset);
    if (registers == MAP_FAILED)
        return failed("mmap of BAR 0");
    nvme->registers = registers;
    nvme->registers_length = bar.size;
    nvme->memory = memory_take(MEMORY_LENGTH);
    if (nvme->memory == NULL)
        return -1;
    nvme->data = iova_of(PAGE_DATA);
    return nvme->device.backend->map(&nvme->device, nvme->memory, MEMORY_IOVA, MEMORY_LENGTH, 1);
}

int nvme_open(struct nvme *nvme, const char *backend, const char *address)
{
    *nvme = (struct nvme){0};
    if (device_open(&nvme->device, backend, address) < 0)
        return -1;
    if (command_register(nvme) == 0 && map(nvme) == 0 && enable(nvme) == 0 && identify(nvme) == 0 && create_queues(nvme) == 0)
        return 0;
    nvme_close(nvme);
    return -1;
}

void nvme_close(struct nvme *nvme)
{
    int error = errno;

    if (nvme->registers != NULL) {
        *register32(nvme, REGISTER_CC) = 0;
        (void)*register32(nvme, REGISTER_CSTS);
        munmap((void *)nvme->registers, nvme->registers_length);
    }
    /* The device is closed before its memory goes. */
    device_close(&nvme->device);
    if (nvme->memory != NULL)
        memory_give(nvme->memory, MEMORY_LENGTH);
    errno = error;
}
