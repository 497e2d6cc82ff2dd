// Depthwise convolutions for one block of channels. To be included where `each_block.h` compiles.
#include "row_kernels.h"

TARGET void NAME(forward)(
    const tributary_depthwise *shape, size_t first, size_t last, const tributary_norm_map *map,
    const float *x, const float *filters, const float *bias, float low, float high, float *y,
    float *means, float *squares, float *scratch) {
  size_t size = shape->kernel, stride = shape->stride, taps = size * size * BLOCK;
  size_t width = (shape->outWidth - 1) * stride + size, rows = outputRows(shape);
  size_t plane = shape->height * shape->width * BLOCK, across = shape->outWidth * BLOCK;
  for (size_t unit = first; unit < last; unit++) {
    size_t channel = unit % shape->blocks * BLOCK;
    const float *w = filters + unit % shape->blocks * taps;
    float *target = y + unit * shape->outHeight * across;
    for (size_t start = 0; start < shape->outHeight; start += rows) {
      size_t end = shape->outHeight - start < rows ? shape->outHeight : start + rows;
      ptrdiff_t top = (ptrdiff_t)(start * stride) - (ptrdiff_t)shape->top;
      NAME(padded)(
          shape, map, channel, x + unit * plane, top,
          top + (ptrdiff_t)((end - 1 - start) * stride + size), shape->left, width, scratch);
      for (size_t i = start; i < end; i++)
        NAME(filteredRow)(
            scratch + (i - start) * stride * width * BLOCK, width * BLOCK, w, size, stride, 0,
            shape->outWidth, bias ? bias + channel : NULL, low, high, target + i * across);
      if (means)
        NAME(merge)(
            target + start * across, (end - start) * shape->outWidth, start * shape->outWidth,
            means + unit * BLOCK, squares + unit * BLOCK);
    }
  }
}

// Rows top..<bottom of the output's gradient with stride - 1 zeros between its values and zeros around it.
INLINE void NAME(spread)(
    const tributary_depthwise *shape, const tributary_norm_slope *slope, size_t channel,
    const float *y, const float *g, ptrdiff_t top, ptrdiff_t bottom, size_t left, size_t width,
    float *to) {
  size_t stride = shape->stride, across = shape->outWidth * BLOCK;
  for (ptrdiff_t i = top; i < bottom; i++, to += width * BLOCK) {
    size_t row = (size_t)i / stride;
    if (i < 0 || (size_t)i % stride != 0 || row >= shape->outHeight) {
      memset(to, 0, width * BLOCK * sizeof(float));
      continue;
    }
    size_t used = stride == 1 ? left : width;
    memset(to, 0, used * BLOCK * sizeof(float));
    float *target = to + left * BLOCK;
    const float *up = g + row * across, *value = y ? y + row * across : NULL;
    if (stride == 1) {
      NAME(sloped)(up, value, slope, channel, shape->outWidth, target);
      used = left + shape->outWidth;
      memset(to + used * BLOCK, 0, (width - used) * BLOCK * sizeof(float));
    } else {
      for (size_t j = 0; j < shape->outWidth; j++)
        NAME(sloped)(
            up + j * BLOCK, value ? value + j * BLOCK : NULL, slope, channel, 1,
            target + j * stride * BLOCK);
    }
  }
}

// sums[tap] += the sums over a row's outputs of x times g; both have `stride` columns an output.
INLINE void NAME(correlatedRow)(
    const float *x, size_t row, const float *g, int size, size_t stride, size_t count, float *sums) {
  vec sum[25];
  UNROLL for (int k = 0; k < size * size; k++) sum[k] = from(sums + k * BLOCK);
  for (size_t j = 0; j < count; j++) {
    vec upstream = from(g + j * stride * BLOCK);
    const float *source = x + j * stride * BLOCK;
    UNROLL for (int i = 0; i < size; i++) {
      UNROLL for (int k = 0; k < size; k++)
        sum[i * size + k] = fused(
            from(source + (size_t)i * row + (size_t)k * BLOCK), upstream, sum[i * size + k]);
    }
  }
  UNROLL for (int k = 0; k < size * size; k++) at(sums + k * BLOCK) = sum[k];
}

// The share in the filters' gradient of the outputs whose rows lie in `count` rows from `start` on; both
// buffers are `width` wide and start where the kernels' rows do.
TARGET void NAME(correlate)(
    const tributary_depthwise *shape, const float *x, const float *g, size_t start, size_t count,
    size_t width, float *sums) {
  size_t size = shape->kernel, stride = shape->stride, row = width * BLOCK;
  const float *centre = g + (size - 1 - shape->top) * row + (size - 1 - shape->left) * BLOCK;
  for (size_t i = (stride - start % stride) % stride; i < count; i += stride) {
    if ((start + i) / stride >= shape->outHeight) break;
    if (size == 3)
      NAME(correlatedRow)(x + i * row, row, centre + i * row, 3, stride, shape->outWidth, sums);
    else
      NAME(correlatedRow)(x + i * row, row, centre + i * row, 5, stride, shape->outWidth, sums);
  }
}

TARGET void NAME(backward)(
    const tributary_depthwise *shape, size_t first, size_t last,
    const tributary_norm_moments_of *of, const float *x, const float *filters,
    const tributary_norm_slope *slope, const float *y, const float *g, float *dx, float *sums,
    float *products, float *dw, float *scratch) {
  size_t size = shape->kernel, taps = size * size * BLOCK, rows = inputRows(shape);
  size_t width = shape->width + size - 1, across = shape->width * BLOCK;
  size_t planeOut = shape->outHeight * shape->outWidth * BLOCK;
  float *seen = scratch, *upstream = scratch + (rows + size - 1) * width * BLOCK;
  for (size_t unit = first; unit < last; unit++) {
    size_t channel = unit % shape->blocks * BLOCK;
    const float *w = dx ? filters + unit % shape->blocks * taps : NULL;
    const float *source = x + unit * shape->height * across;
    if (dw) memset(dw + unit * taps, 0, taps * sizeof(float));
    if (of) {
      memset(sums + unit * BLOCK, 0, BLOCK * sizeof(float));
      memset(products + unit * BLOCK, 0, BLOCK * sizeof(float));
    }
    for (size_t start = 0; start < shape->height; start += rows) {
      size_t count = shape->height - start < rows ? shape->height - start : rows;
      ptrdiff_t top = (ptrdiff_t)start - (ptrdiff_t)shape->top;
      ptrdiff_t gradientTop = (ptrdiff_t)start - (ptrdiff_t)(size - 1 - shape->top);
      if (of || dw)
        NAME(padded)(
            shape, of ? &of->map : NULL, channel, source, top, top + (ptrdiff_t)(count + size - 1),
            shape->left, width, seen);
      NAME(spread)(
          shape, slope, channel, y ? y + unit * planeOut : NULL, g + unit * planeOut, gradientTop,
          gradientTop + (ptrdiff_t)(count + size - 1), size - 1 - shape->left, width, upstream);
      if (dw) NAME(correlate)(shape, seen, upstream, start, count, width, dw + unit * taps);
      if (!dx) continue;
      for (size_t i = 0; i < count; i++) {
        float *target = dx + unit * shape->height * across + (start + i) * across;
        NAME(filteredRow)(
            upstream + i * width * BLOCK, width * BLOCK, w, size, 1, 1, shape->width, NULL,
            -INFINITY, INFINITY, target);
        if (of)
          NAME(gate)(
              source + (start + i) * across,
              seen + ((i + shape->top) * width + shape->left) * BLOCK, of, channel, shape->width,
              target, sums + unit * BLOCK, products + unit * BLOCK);
      }
    }
  }
}
