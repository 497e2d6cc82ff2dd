#include "pointwise.h"
#include <math.h>
#include <string.h>

// Positions that are worked off together: their channels stay in the second-level cache.
enum { tile = 56 };

#define KERNELS "pointwise_kernels.h"
#include "each_block.h"

size_t tributary_pointwise_scratch(const tributary_pointwise *shape) {
  size_t widest = shape->inBlocks > shape->outBlocks ? shape->inBlocks : shape->outBlocks;
  return (widest + 2) * tile * shape->block;
}

void tributary_pointwise_forward(
    const tributary_pointwise *shape, const tributary_norm_map *map, const float *x,
    const float *filters, float *y, float *means, float *squares, float *scratch) {
  CHOOSE(shape->block, forward, shape, map, x, filters, y, means, squares, scratch);
}

void tributary_pointwise_backward(
    const tributary_pointwise *shape, const tributary_norm_moments_of *of, const float *x,
    const float *turned, const tributary_norm_slope *slope, const float *y, const float *g,
    float *dx, float *sums, float *products, float *dw, float *scratch) {
  CHOOSE(
      shape->block, backward, shape, of, x, turned, slope, y, g, dx, sums, products, dw, scratch);
}

void tributary_pointwise_filters(
    const float *w, size_t outputs, size_t inputs, int transposed, size_t block, float *filters) {
  CHOOSE(block, filters, w, outputs, inputs, transposed, filters);
}

void tributary_pointwise_weights(
    const float *filters, size_t outputs, size_t inputs, size_t block, float *w) {
  CHOOSE(block, weights, filters, outputs, inputs, w);
}
