#pragma once
#include "channel_maps.h"

/// Convolutions of each channel by its own kernel (3x3 or 5x5) on tensors blocked by `block` channels (16:
/// AVX-512, 8: AVX2 with FMA), with the norm and the bounds in front of them computed on the way.
///
/// A unit is one block of channels of one image; filters lie as [blocks][kernel * kernel][block].
typedef struct {
  size_t height, width;        // of the input
  size_t outHeight, outWidth;
  size_t kernel, stride;       // stride 1 or 2
  size_t top, left;            // padding, at most (kernel - 1) / 2 on every side
  size_t blocks, block;
} tributary_depthwise;

/// Floats of scratch memory that the functions below need.
size_t tributary_depthwise_scratch(const tributary_depthwise *shape);

/// Units first..<last: y = filters * clamp(x * scale + shift), + bias, between low and high. `map` (then: of x
/// itself), bias, and means and squares (y's mean and sum of squared deviations, [images, channels]) may be
/// null.
void tributary_depthwise_forward(
    const tributary_depthwise *shape, size_t first, size_t last, const tributary_norm_map *map,
    const float *x, const float *filters, const float *bias, float low, float high, float *y,
    float *means, float *squares, float *scratch);
/// Units first..<last, as `tributary_pointwise_backward`; filters are used for dx alone. dw (may be null)
/// [images, blocks, kernel * kernel, block] is one unit's share each.
void tributary_depthwise_backward(
    const tributary_depthwise *shape, size_t first, size_t last,
    const tributary_norm_moments_of *of, const float *x, const float *filters,
    const tributary_norm_slope *slope, const float *y, const float *g, float *dx, float *sums,
    float *products, float *dw, float *scratch);

/// Filters of w [channels, taps].
void tributary_depthwise_filters(
    const float *w, size_t channels, size_t taps, size_t block, float *filters);
/// w [channels, taps]: the sum of all images' shares in the filters' gradient.
void tributary_depthwise_weights(
    const float *shares, size_t images, size_t channels, size_t taps, size_t block, float *w);
