#include "depthwise.h"
#include <math.h>
#include <string.h>

// Rows are worked off in strips of about so many floats, with what they need around them: they stay in the
// second-level cache.
enum { strip = 24 * 1024 };

static size_t atLeastOne(size_t count) { return count ? count : 1; }

static size_t outputRows(const tributary_depthwise *shape) {
  size_t width = (shape->outWidth - 1) * shape->stride + shape->kernel;
  size_t rows = atLeastOne(strip / (width * shape->block * shape->stride));
  return rows < shape->outHeight ? rows : shape->outHeight;
}

static size_t inputRows(const tributary_depthwise *shape) {
  size_t rows = atLeastOne(strip / ((shape->width + shape->kernel - 1) * shape->block));
  return rows < shape->height ? rows : shape->height;
}

#define KERNELS "depthwise_kernels.h"
#include "each_block.h"

size_t tributary_depthwise_scratch(const tributary_depthwise *shape) {
  size_t around = shape->kernel - 1, width = shape->width + around;
  size_t forward = ((outputRows(shape) - 1) * shape->stride + shape->kernel) *
                   ((shape->outWidth - 1) * shape->stride + shape->kernel);
  size_t backward = 2 * (inputRows(shape) + around) * width;
  return (forward > backward ? forward : backward) * shape->block;
}

void tributary_depthwise_forward(
    const tributary_depthwise *shape, size_t first, size_t last, const tributary_norm_map *map,
    const float *x, const float *filters, const float *bias, float low, float high, float *y,
    float *means, float *squares, float *scratch) {
  CHOOSE(
      shape->block, forward, shape, first, last, map, x, filters, bias, low, high, y, means,
      squares, scratch);
}

void tributary_depthwise_backward(
    const tributary_depthwise *shape, size_t first, size_t last,
    const tributary_norm_moments_of *of, const float *x, const float *filters,
    const tributary_norm_slope *slope, const float *y, const float *g, float *dx, float *sums,
    float *products, float *dw, float *scratch) {
  CHOOSE(
      shape->block, backward, shape, first, last, of, x, filters, slope, y, g, dx, sums, products,
      dw, scratch);
}

void tributary_depthwise_filters(
    const float *w, size_t channels, size_t taps, size_t block, float *filters) {
  size_t padded = (channels + block - 1) / block * block;
  for (size_t c = 0; c < padded; c++)
    for (size_t k = 0; k < taps; k++)
      filters[(c / block * taps + k) * block + c % block] = c < channels ? w[c * taps + k] : 0;
}

void tributary_depthwise_weights(
    const float *shares, size_t images, size_t channels, size_t taps, size_t block, float *w) {
  size_t size = (channels + block - 1) / block * block * taps;
  for (size_t c = 0; c < channels; c++)
    for (size_t k = 0; k < taps; k++) {
      const float *share = shares + (c / block * taps + k) * block + c % block;
      float sum = 0;
      for (size_t n = 0; n < images; n++) sum += share[n * size];
      w[c * taps + k] = sum;
    }
}
