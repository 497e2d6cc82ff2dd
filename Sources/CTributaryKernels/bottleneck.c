#include "bottleneck.h"
#include <math.h>
#include <string.h>

// Of two wide blocks, with what surrounds them.
enum { strip = 96 * 1024 };

static size_t stripRows(const tributary_depthwise *shape) {
  size_t width = (shape->outWidth - 1) * shape->stride + shape->kernel;
  size_t rows = strip / (2 * width * shape->block);
  size_t fit = rows < shape->kernel ? 1 : (rows - shape->kernel) / shape->stride + 1;
  return fit < shape->outHeight ? fit : shape->outHeight;
}

#define KERNELS "bottleneck_kernels.h"
#include "each_block.h"

size_t tributary_bottleneck_scratch(const tributary_bottleneck *shape) {
  const tributary_depthwise *middle = &shape->depthwise;
  size_t rows = stripRows(middle);
  size_t before = ((rows - 1) * middle->stride + middle->kernel) *
                  ((middle->outWidth - 1) * middle->stride + middle->kernel);
  return 2 * middle->block * (before + rows * middle->outWidth);
}

void tributary_bottleneck_forward(
    const tributary_bottleneck *shape, const tributary_folded *widen, const tributary_folded *filter,
    const tributary_folded *narrow, const float *x, const float *residual, float *y,
    float *scratch) {
  CHOOSE(
      shape->depthwise.block, bottleneck, shape, widen, filter, narrow, x, residual, y, scratch);
}
