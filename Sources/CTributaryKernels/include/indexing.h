#pragma once
#include <stddef.h>
#include <stdint.h>

/// Words of 4 bytes: `rows` rows of `count` from one pitch to another, `rowStride` and `stride` in words.
void tributary_copy_rows(
    const uint32_t *from, ptrdiff_t fromRow, ptrdiff_t fromStride, uint32_t *to, ptrdiff_t toRow,
    ptrdiff_t toStride, size_t rows, size_t count);
/// to[i * width ...] = table[ids[i] * width ...]
void tributary_gather_rows(
    const float *table, const int32_t *ids, size_t count, size_t width, float *to);
/// table[ids[i] * width + c] += from[i * width + c] for columns first..<last.
void tributary_scatter_rows(
    const float *from, const int32_t *ids, size_t count, size_t width, size_t first, size_t last,
    float *table);
/// Max pooling of planes [height, width] with the position in the plane of each maximum (the first).
void tributary_max_pool(
    const float *x, size_t planes, int height, int width, int kernel, int stride, int padding,
    int outHeight, int outWidth, float *y, int32_t *positions);
/// to[p, positions[p, i]] += from[p, i]
void tributary_scatter_planes(
    const float *from, const int32_t *positions, size_t planes, size_t count, size_t area,
    float *to);
/// to[p, i] = from[p, positions[p, i]]
void tributary_gather_planes(
    const float *from, const int32_t *positions, size_t planes, size_t count, size_t area,
    float *to);
