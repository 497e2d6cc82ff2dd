#pragma once
#include <stddef.h>
#include <stdint.h>

/// Windows over planes of sixteen channels each, [height][width][16].
typedef struct {
  size_t height, width, outHeight, outWidth;
  size_t kernel, stride, padding;    // kernel: at most 15
} tributary_pool;

/// The largest value of each window, and where in the window the first such lies (row by row); a NaN is
/// larger than all.
void tributary_max_pool_tiles(
    const tributary_pool *shape, const float *x, size_t planes, float *y, uint8_t *where);
/// dx = at every position the sum of g of those windows whose largest value lies there.
void tributary_max_pool_tiles_gradient(
    const tributary_pool *shape, const float *g, const uint8_t *where, size_t planes, float *dx);
