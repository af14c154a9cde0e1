/* The tree of extents. What changes in a node is carried upwards as far as it makes a difference, and no further. */
#include <stdlib.h>

#include "extents.h"
#include "floor.h"

int extents_create(struct extents *extents, int most)
{
    *extents = (struct extents){.all = calloc((size_t)most, sizeof(struct extent))};
    if (extents->all == NULL)
        return failed("calloc");
    for (int i = 0; i < most; i++) {
        extents->all[i].left = extents->unused;
        extents->unused = &extents->all[i];
    }
    return 0;
}

void extents_destroy(struct extents *extents)
{
    free(extents->all);
}

static int height(const struct extent *extent)
{
    return extent != NULL ? extent->height : 0;
}

static void sum(struct extent *extent)
{
    int left = height(extent->left), right = height(extent->right);

    extent->height = (left > right ? left : right) + 1;
    extent->longest = extent->last - extent->first;
    if (left > 0 && extent->left->longest > extent->longest)
        extent->longest = extent->left->longest;
    if (right > 0 && extent->right->longest > extent->longest)
        extent->longest = extent->right->longest;
}

static void replace(struct extents *extents, struct extent *parent, const struct extent *child, struct extent *by)
{
    if (parent == NULL)
        extents->root = by;
    else if (parent->left == child)
        parent->left = by;
    else
        parent->right = by;
}

static void lift(struct extents *extents, struct extent *down, struct extent *up, struct extent *middle)
{
    if (middle != NULL)
        middle->parent = down;
    replace(extents, down->parent, down, up);
    up->parent = down->parent;
    down->parent = up;
    sum(down);
    sum(up);
}

static struct extent *rotate_left(struct extents *extents, struct extent *extent)
{
    struct extent *up = extent->right, *middle = up->left;

    extent->right = middle;
    up->left = extent;
    lift(extents, extent, up, middle);
    return up;
}

static struct extent *rotate_right(struct extents *extents, struct extent *extent)
{
    struct extent *up = extent->left, *middle = up->right;

    extent->left = middle;
    up->right = extent;
    lift(extents, extent, up, middle);
    return up;
}

static struct extent *balance(struct extents *extents, struct extent *extent)
{
    int tilt = height(extent->left) - height(extent->right);

    if (tilt > 1) {
        if (height(extent->left->left) < height(extent->left->right))
            rotate_left(extents, extent->left);
        return rotate_right(extents, extent);
    }
    if (tilt < -1) {
        if (height(extent->right->right) < height(extent->right->left))
            rotate_right(extents, extent->right);
        return rotate_left(extents, extent);
    }
    sum(extent);
    return extent;
}

static void mend(struct extents *extents, struct extent *extent)
{
    while (extent != NULL) {
        int tall = extent->height;
        uint64_t longest = extent->longest;

        extent = balance(extents, extent);
        if (extent->height == tall && extent->longest == longest)
            return;
        extent = extent->parent;
    }
}

struct extent *extents_at_or_below(const struct extents *extents, uint64_t address)
{
    struct extent *extent = extents->root, *found = NULL;

    while (extent != NULL) {
        if (extent->first <= address) {
            found = extent;
            extent = extent->right;
        } else {
            extent = extent->left;
        }
    }
    return found;
}

struct extent *extents_next(struct extent *extent)
{
    struct extent *from;

    if (extent->right != NULL) {
        for (extent = extent->right; extent->left != NULL; extent = extent->left)
            ;
        return extent;
    }
    do {
        from = extent;
        extent = extent->parent;
    } while (extent != NULL && extent->right == from);
    return extent;
}

struct extent *extents_lowest(const struct extents *extents)
{
    struct extent *extent = extents->root;

    while (extent != NULL && extent->left != NULL)
        extent = extent->left;
    return extent;
}

void extents_add(struct extents *extents, uint64_t first, uint64_t last)
{
    struct extent **place = &extents->root, *parent = NULL, *extent = extents->unused;

    extents->unused = extent->left;
    while (*place != NULL) {
        parent = *place;
        place = first < parent->first ? &parent->left : &parent->right;
    }
    *extent = (struct extent){.first = first, .last = last, .longest = last - first, .parent = parent, .height = 1};
    *place = extent;
    mend(extents, parent);
}

void extents_resize(struct extents *extents, struct extent *extent, uint64_t first, uint64_t last)
{
    extent->first = first;
    extent->last = last;
    mend(extents, extent);
}

void extents_remove(struct extents *extents, struct extent *extent)
{
    struct extent *gone = extent, *child, *parent;

    if (extent->left != NULL && extent->right != NULL) {
        /* The next one takes its place; it has no left child. */
        gone = extents_next(extent);
        extent->first = gone->first;
        extent->last = gone->last;
    }
    child = gone->left != NULL ? gone->left : gone->right;
    parent = gone->parent;
    replace(extents, parent, gone, child);
    if (child != NULL)
        child->parent = parent;
    gone->left = extents->unused;
    extents->unused = gone;
    mend(extents, parent);
    if (extent != gone)
        mend(extents, extent);
}
