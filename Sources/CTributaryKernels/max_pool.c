#include "max_pool.h"
#include <math.h>
#include <string.h>
#include "lanes.h"

enum { tile = 16 };

typedef int mask __attribute__((vector_size(64), aligned(4)));
typedef uint8_t octets __attribute__((vector_size(16), aligned(1)));

typedef struct {
  size_t first, last;
} span;

// The positions within window `index` that lie on an axis of `extent` pixels.
INLINE span inside(const tributary_pool *shape, size_t index, size_t extent) {
  size_t start = index * shape->stride, padding = shape->padding, end = extent + padding;
  return (span){
      start < padding ? padding - start : 0,
      start + shape->kernel > end ? end - start : shape->kernel};
}

// Of the pixel at (row, column) of the window at (down, across).
INLINE size_t pixel(
    const tributary_pool *shape, size_t down, size_t across, size_t row, size_t column) {
  size_t y = down * shape->stride + row - shape->padding;
  return (y * shape->width + across * shape->stride + column - shape->padding) * tile;
}

CLONES void tributary_max_pool_tiles(
    const tributary_pool *shape, const float *x, size_t planes, float *y, uint8_t *where) {
  for (size_t plane = 0; plane < planes; plane++, x += shape->height * shape->width * tile)
    for (size_t down = 0; down < shape->outHeight; down++) {
      span rows = inside(shape, down, shape->height);
      for (size_t across = 0; across < shape->outWidth; across++, y += tile, where += tile) {
        span columns = inside(shape, across, shape->width);
        lanes best = -INFINITY - (lanes){0};
        mask position = {0};
        for (size_t row = rows.first; row < rows.last; row++)
          for (size_t column = columns.first; column < columns.last; column++) {
            lanes value = loadLanes(x + pixel(shape, down, across, row, column));
            mask larger = (value > best) | (value != value);
            best = (lanes)(((mask)value & larger) | ((mask)best & ~larger));
            position = (((int)(row * shape->kernel + column) - (mask){0}) & larger) |
                       (position & ~larger);
          }
        *(lanes *)y = best;
        *(octets *)where = __builtin_convertvector(position, octets);
      }
    }
}

CLONES void tributary_max_pool_tiles_gradient(
    const tributary_pool *shape, const float *g, const uint8_t *where, size_t planes, float *dx) {
  size_t area = shape->height * shape->width * tile;
  for (size_t plane = 0; plane < planes; plane++, dx += area) {
    memset(dx, 0, area * sizeof(float));
    for (size_t down = 0; down < shape->outHeight; down++) {
      span rows = inside(shape, down, shape->height);
      for (size_t across = 0; across < shape->outWidth; across++, g += tile, where += tile) {
        span columns = inside(shape, across, shape->width);
        mask position = __builtin_convertvector(*(const octets *)where, mask);
        mask upstream = *(const mask *)g;
        for (size_t row = rows.first; row < rows.last; row++)
          for (size_t column = columns.first; column < columns.last; column++) {
            lanes *target = (lanes *)(dx + pixel(shape, down, across, row, column));
            mask here = position == ((int)(row * shape->kernel + column) - (mask){0});
            *target += (lanes)(upstream & here);
          }
      }
    }
  }
}
