#include "winograd.h"
#include "clones.h"

size_t tributary_winograd_stride(size_t rows, size_t channels) {
  // Not a power of two, lest the 36 positions share the same few cache lines.
  return rows * channels + 16;
}

// Where a tile lies; tiles count along rows, then down, then from image to image.
typedef struct {
  size_t image, down, across;
} place;

INLINE place placeOf(size_t tile, size_t down, size_t across) {
  return (place){tile / (down * across), tile % (down * across) / across, tile % across};
}

INLINE void advance(place *here, size_t down, size_t across) {
  if (++here->across < across) return;
  here->across = 0;
  if (++here->down < down) return;
  here->down = 0;
  here->image++;
}

INLINE size_t tilesOf(size_t extent, size_t side) { return (extent + side - 1) / side; }

static const float a1 = 0.625f, a2 = 0.625f * 0.625f, b1 = 1.5f, b2 = 1.5f * 1.5f;
static const float na = 2 * 0.390625f * (0.390625f - 2.25f), nb = 2 * 2.25f * (2.25f - 0.390625f);

#define KERNELS "winograd_kernels.h"
#include "each_block.h"

void tributary_winograd_input(
    const tributary_winograd *shape, const float *x, size_t start, size_t first, size_t last,
    size_t rows, float *panel) {
  CHOOSE(shape->block, input, shape, x, start, first, last, rows, panel);
}

void tributary_winograd_gradient(
    const tributary_winograd *shape, const float *g, size_t start, size_t first, size_t last,
    size_t rows, float *panel) {
  CHOOSE(shape->block, gradient, shape, g, start, first, last, rows, panel);
}

void tributary_winograd_products(
    const tributary_winograd *shape, const float *panel, const float *filters, size_t rows,
    size_t first, size_t last, float *result) {
  CHOOSE(shape->block, products, shape, panel, filters, rows, first, last, result);
}

void tributary_winograd_output(
    const tributary_winograd *shape, const float *sums, size_t start, size_t first, size_t last,
    size_t rows, const float *bias, const float *residual, float low, float high, float *y) {
  CHOOSE(
      shape->block, output, shape, sums, start, first, last, rows, bias, residual, low, high, y);
}

void tributary_winograd_correlate(
    const tributary_winograd *shape, const float *panel, const float *gradients, size_t rows,
    size_t tiles, size_t first, size_t last, int isFirst, float *sums) {
  CHOOSE(
      shape->block, correlate, shape, panel, gradients, rows, tiles, first, last, isFirst, sums);
}

void tributary_winograd_filters(
    const float *w, size_t outputs, size_t inputs, size_t kernel, int transposed, size_t block,
    size_t first, size_t last, float *result) {
  CHOOSE(block, filters, w, outputs, inputs, kernel, transposed, first, last, result);
}

void tributary_winograd_filter_gradient(
    const float *sums, size_t outputs, size_t inputs, size_t kernel, size_t block, size_t first,
    size_t last, float *dw) {
  CHOOSE(block, filterGradient, sums, outputs, inputs, kernel, first, last, dw);
}
