#include "indexing.h"
#include "clones.h"
#include <string.h>

// Tiles keep both sides of a transposition in the first-level cache.
INLINE void copyTiles(
    const uint32_t *from, ptrdiff_t fromRow, ptrdiff_t fromStride, uint32_t *to, ptrdiff_t toRow,
    ptrdiff_t toStride, size_t rows, size_t count) {
  enum { tile = 16 };
  for (size_t r0 = 0; r0 < rows; r0 += tile)
    for (size_t c0 = 0; c0 < count; c0 += tile) {
      size_t r1 = rows - r0 < tile ? rows : r0 + tile;
      size_t c1 = count - c0 < tile ? count : c0 + tile;
      for (size_t r = r0; r < r1; r++)
        for (size_t c = c0; c < c1; c++)
          to[(ptrdiff_t)r * toRow + (ptrdiff_t)c * toStride] =
              from[(ptrdiff_t)r * fromRow + (ptrdiff_t)c * fromStride];
    }
}

void tributary_copy_rows(
    const uint32_t *from, ptrdiff_t fromRow, ptrdiff_t fromStride, uint32_t *to, ptrdiff_t toRow,
    ptrdiff_t toStride, size_t rows, size_t count) {
  if (fromStride == 1 && toStride == 1) {
    for (size_t r = 0; r < rows; r++)
      memcpy(to + (ptrdiff_t)r * toRow, from + (ptrdiff_t)r * fromRow, 4 * count);
  } else if (rows > 1 && toStride == 1 && fromRow == 1) {
    copyTiles(from, fromRow, fromStride, to, toRow, toStride, rows, count);
  } else {
    for (size_t r = 0; r < rows; r++)
      for (size_t c = 0; c < count; c++)
        to[(ptrdiff_t)r * toRow + (ptrdiff_t)c * toStride] =
            from[(ptrdiff_t)r * fromRow + (ptrdiff_t)c * fromStride];
  }
}

void tributary_gather_rows(
    const float *table, const int32_t *ids, size_t count, size_t width, float *to) {
  for (size_t i = 0; i < count; i++)
    memcpy(to + i * width, table + (size_t)ids[i] * width, 4 * width);
}

CLONES void tributary_scatter_rows(
    const float *from, const int32_t *ids, size_t count, size_t width, size_t first, size_t last,
    float *table) {
  for (size_t i = 0; i < count; i++) {
    const float *source = from + i * width;
    float *row = table + (size_t)ids[i] * width;
    for (size_t c = first; c < last; c++) row[c] += source[c];
  }
}

void tributary_max_pool(
    const float *x, size_t planes, int height, int width, int kernel, int stride, int padding,
    int outHeight, int outWidth, float *y, int32_t *positions) {
  for (size_t p = 0; p < planes; p++, x += (size_t)height * width)
    for (int oh = 0; oh < outHeight; oh++)
      for (int ow = 0; ow < outWidth; ow++) {
        int best = -1;
        for (int kh = 0; kh < kernel; kh++)
          for (int kw = 0; kw < kernel; kw++) {
            int h = oh * stride - padding + kh, w = ow * stride - padding + kw;
            if (h < 0 || h >= height || w < 0 || w >= width) continue;
            if (best < 0 || x[h * width + w] > x[best]) best = h * width + w;
          }
        *y++ = x[best];
        *positions++ = best;
      }
}

void tributary_scatter_planes(
    const float *from, const int32_t *positions, size_t planes, size_t count, size_t area,
    float *to) {
  for (size_t p = 0; p < planes; p++, from += count, positions += count, to += area)
    for (size_t i = 0; i < count; i++) to[positions[i]] += from[i];
}

void tributary_gather_planes(
    const float *from, const int32_t *positions, size_t planes, size_t count, size_t area,
    float *to) {
  for (size_t p = 0; p < planes; p++, from += area, positions += count, to += count)
    for (size_t i = 0; i < count; i++) to[i] = from[positions[i]];
}
