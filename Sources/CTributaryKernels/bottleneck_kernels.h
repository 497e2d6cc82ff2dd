// Inverted residuals for one block of channels. To be included where `each_block.h` compiles.
#include "row_kernels.h"
#include "product_kernels.h"

// Rows top..<bottom of one pair of wide blocks, from block `n` on, with the zeros around them.
INLINE void NAME(widened)(
    const tributary_bottleneck *shape, const tributary_folded *widen, const float *x, size_t n,
    int pair, ptrdiff_t top, ptrdiff_t bottom, size_t width, size_t step, float *to) {
  const tributary_depthwise *middle = &shape->depthwise;
  size_t plane = middle->height * middle->width * BLOCK, inner = shape->inBlocks * BLOCK;
  if (!widen) {
    for (size_t v = 0; v < (size_t)pair; v++)
      NAME(padded)(
          middle, NULL, 0, x + (n + v) * plane, top, bottom, middle->left, width, to + v * step);
    return;
  }
  size_t left = middle->left;
  size_t right = left + middle->width < width ? width - left - middle->width : 0;
  size_t used = left + middle->width < width ? middle->width : width - left;
  for (ptrdiff_t i = top; i < bottom; i++, to += width * BLOCK) {
    int isInside = i >= 0 && i < (ptrdiff_t)middle->height;
    for (size_t v = 0; v < (size_t)pair; v++) {
      float *row = to + v * step;
      memset(row, 0, (isInside ? left : width) * BLOCK * sizeof(float));
      memset(row + (width - right) * BLOCK, 0, right * BLOCK * sizeof(float));
    }
    if (isInside)
      NAME(products)(
          x + (size_t)i * middle->width * BLOCK, plane, widen->filters + n * BLOCK * inner,
          shape->inBlocks, used, pair, widen->bias + n * BLOCK, widen->low, widen->high,
          to + left * BLOCK, step);
  }
}

// What the products are added to: the bias and the residual.
INLINE void NAME(prepared)(
    const float *bias, const float *residual, size_t count, float *y) {
  vec shift = from(bias);
  for (size_t i = 0; i < count; i++)
    at(y + i * BLOCK) = residual ? from(residual + i * BLOCK) + shift : shift;
}

TARGET void NAME(bottleneck)(
    const tributary_bottleneck *shape, const tributary_folded *widen, const tributary_folded *filter,
    const tributary_folded *narrow, const float *x, const float *residual, float *y,
    float *scratch) {
  const tributary_depthwise *middle = &shape->depthwise;
  size_t size = middle->kernel, stride = middle->stride, rows = stripRows(middle);
  size_t width = (middle->outWidth - 1) * stride + size, across = middle->outWidth;
  size_t plane = middle->outHeight * across * BLOCK, wide = middle->blocks * BLOCK;
  size_t step = ((rows - 1) * stride + size) * width * BLOCK;
  float *filtered = scratch + 2 * step;
  for (size_t start = 0; start < middle->outHeight; start += rows) {
    size_t end = middle->outHeight - start < rows ? middle->outHeight : start + rows;
    size_t count = (end - start) * across, offset = start * across * BLOCK;
    for (size_t k = 0; k < shape->outBlocks; k++)
      NAME(prepared)(
          narrow->bias + k * BLOCK, residual ? residual + k * plane + offset : NULL, count,
          y + k * plane + offset);
    for (size_t n = 0; n < middle->blocks; n += 2) {
      int pair = middle->blocks - n < 2 ? 1 : 2;
      ptrdiff_t top = (ptrdiff_t)(start * stride) - (ptrdiff_t)middle->top;
      NAME(widened)(
          shape, widen, x, n, pair, top, top + (ptrdiff_t)((end - 1 - start) * stride + size), width,
          step, scratch);
      for (size_t v = 0; v < (size_t)pair; v++)
        for (size_t i = 0; i < end - start; i++)
          NAME(filteredRow)(
              scratch + v * step + i * stride * width * BLOCK, width * BLOCK,
              filter->filters + (n + v) * size * size * BLOCK, size, stride, 0, across,
              filter->bias + (n + v) * BLOCK, filter->low, filter->high,
              filtered + (v * count + i * across) * BLOCK);
      for (size_t k = 0; k < shape->outBlocks; k += 2) {
        int both = shape->outBlocks - k < 2 ? 1 : 2;
        NAME(addProducts)(
            filtered, count * BLOCK,
            narrow->filters + k * BLOCK * wide + n * BLOCK * (size_t)(both * BLOCK), (size_t)pair,
            count, both, NULL, 0, 0, y + k * plane + offset, plane);
      }
    }
    if (narrow->low == -INFINITY && narrow->high == INFINITY) continue;
    for (size_t k = 0; k < shape->outBlocks; k++)
      for (size_t i = 0; i < count; i++) {
        float *target = y + k * plane + offset + i * BLOCK;
        at(target) = between(splat(narrow->low), splat(narrow->high), from(target));
      }
  }
}
