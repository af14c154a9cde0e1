/* Free extents of addresses in a balanced (AVL) tree, sorted, each node with the longest extent of its subtree. */
#ifndef EXTENTS_H
#define EXTENTS_H

#include <stdint.h>

/* Both ends are included. */
struct extent {
    uint64_t first, last;
    uint64_t longest; /* last - first, the largest in the subtree */
    struct extent *left, *right, *parent;
    int height;
};

struct extents {
    struct extent *root;
    struct extent *unused; /* linked by left */
    struct extent *all;
};

int extents_create(struct extents *extents, int most);
void extents_destroy(struct extents *extents);

struct extent *extents_at_or_below(const struct extents *extents, uint64_t address);
struct extent *extents_next(struct extent *extent);
struct extent *extents_lowest(const struct extents *extents);

void extents_add(struct extents *extents, uint64_t first, uint64_t last);

/* Moves the ends, by no more than leaves the extent in its place among the others. */
void extents_resize(struct extents *extents, struct extent *extent, uint64_t first, uint64_t last);
void extents_remove(struct extents *extents, struct extent *extent);

#endif
