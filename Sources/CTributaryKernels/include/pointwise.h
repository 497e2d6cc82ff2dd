#pragma once
#include "channel_maps.h"

/// 1x1 convolutions of stride 1 on images blocked by `block` channels (16: AVX-512, 8: AVX2 with FMA), with
/// the norm and the bounds in front of them computed on the way, so that these need no memory.
///
/// Filters lie as [outer / 2 blocks][inner][2 blocks]: pairs of blocks of output channels, the last pair
/// perhaps a single; `tributary_pointwise_filters` makes them.
typedef struct {
  size_t area;                 // positions of an image
  size_t inBlocks, outBlocks;  // channels / block, rounded up
  size_t block;
} tributary_pointwise;

/// Floats of scratch memory that the functions below need.
size_t tributary_pointwise_scratch(const tributary_pointwise *shape);

/// One image: y = filters * clamp(x * scale + shift); `map` may be null: of x itself. means and squares (or
/// null): y's mean and sum of squared deviations by channel.
void tributary_pointwise_forward(
    const tributary_pointwise *shape, const tributary_norm_map *map, const float *x,
    const float *filters, float *y, float *means, float *squares, float *scratch);
/// One image. The gradient of y is g, or with `slope` what that makes of g and y.
/// dx (may be null): the gradient of clamp(x * scale + shift), 0 at and beyond the bounds; its
/// sums and products with the normalised x by channel; where `of` is null, that of x.
/// dw (may be null) has the filters' layout and is added to. `turned` are the filters of the transposed
/// product, output channels inside.
void tributary_pointwise_backward(
    const tributary_pointwise *shape, const tributary_norm_moments_of *of, const float *x,
    const float *turned, const tributary_norm_slope *slope, const float *y, const float *g,
    float *dx, float *sums, float *products, float *dw, float *scratch);

/// Filters of w [outputs, inputs], or of its transpose.
void tributary_pointwise_filters(
    const float *w, size_t outputs, size_t inputs, int transposed, size_t block, float *filters);
/// w [outputs, inputs] from filters.
void tributary_pointwise_weights(
    const float *filters, size_t outputs, size_t inputs, size_t block, float *w);
