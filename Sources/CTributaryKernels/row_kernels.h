// Rows of depthwise convolutions. To be included where `each_block.h` compiles.
#include "channel_kernels.h"

INLINE vec NAME(tap)(const float *filters, int index, int size, int isTurned) {
  return from(filters + (size_t)(isTurned ? size * size - 1 - index : index) * BLOCK);
}

// `count` neighbouring outputs; `row` is the distance of the rows in `x`.
INLINE void NAME(outputs)(
    const float *x, size_t row, const float *filters, int size, int stride, int isTurned, int count,
    vec shift, float low, float high, float *y) {
  vec sum[6];
  UNROLL for (int r = 0; r < count; r++) sum[r] = shift;
  UNROLL for (int i = 0; i < size; i++) {
    UNROLL for (int j = 0; j < size; j++) {
      vec weight = NAME(tap)(filters, i * size + j, size, isTurned);
      UNROLL for (int r = 0; r < count; r++)
        sum[r] = fused(
            from(x + (size_t)i * row + (size_t)(r * stride + j) * BLOCK), weight, sum[r]);
    }
  }
  UNROLL for (int r = 0; r < count; r++)
    at(y + (size_t)r * BLOCK) = between(splat(low), splat(high), sum[r]);
}

// A row of `count` outputs.
INLINE void NAME(outputRow)(
    const float *x, size_t row, const float *filters, int size, int stride, int isTurned,
    size_t count, const float *bias, float low, float high, float *y) {
  vec shift = bias ? from(bias) : (vec){0};
  size_t j = 0;
  for (; j + 6 <= count; j += 6)
    NAME(outputs)(
        x + j * (size_t)stride * BLOCK, row, filters, size, stride, isTurned, 6, shift, low, high,
        y + j * BLOCK);
  for (; j + 2 <= count; j += 2)
    NAME(outputs)(
        x + j * (size_t)stride * BLOCK, row, filters, size, stride, isTurned, 2, shift, low, high,
        y + j * BLOCK);
  if (j < count)
    NAME(outputs)(
        x + j * (size_t)stride * BLOCK, row, filters, size, stride, isTurned, 1, shift, low, high,
        y + j * BLOCK);
}

// The row of any of the kernels there are; `isTurned`: of stride 1, the kernel turned by 180 degrees.
TARGET void NAME(filteredRow)(
    const float *x, size_t row, const float *filters, size_t size, size_t stride, int isTurned,
    size_t count, const float *bias, float low, float high, float *y) {
#define ROW(n, s, t) NAME(outputRow)(x, row, filters, n, s, t, count, bias, low, high, y)
  if (isTurned && size == 3)
    ROW(3, 1, 1);
  else if (isTurned)
    ROW(5, 1, 1);
  else if (size == 3 && stride == 1)
    ROW(3, 1, 0);
  else if (size == 3)
    ROW(3, 2, 0);
  else if (stride == 1)
    ROW(5, 1, 0);
  else
    ROW(5, 2, 0);
#undef ROW
}

// Rows top..<bottom and columns left..<right of an image as the convolution sees it, zeros around it.
INLINE void NAME(padded)(
    const tributary_depthwise *shape, const tributary_norm_map *map, size_t channel, const float *x,
    ptrdiff_t top, ptrdiff_t bottom, size_t left, size_t width, float *to) {
  size_t right = left + shape->width < width ? width - left - shape->width : 0;
  size_t used = left + shape->width < width ? shape->width : width - left;
  for (ptrdiff_t i = top; i < bottom; i++, to += width * BLOCK) {
    if (i < 0 || i >= (ptrdiff_t)shape->height) {
      memset(to, 0, width * BLOCK * sizeof(float));
      continue;
    }
    memset(to, 0, left * BLOCK * sizeof(float));
    NAME(mapped)(x + (size_t)i * shape->width * BLOCK, map, channel, used, to + left * BLOCK);
    memset(to + (left + used) * BLOCK, 0, right * BLOCK * sizeof(float));
  }
}
