#pragma once
#include "depthwise.h"

/// An inverted residual (Sandler et al. 2018) in inference, its norms folded into weights and biases: 1x1 to
/// many channels, a kernel on each, 1x1 to few. Two blocks of the many channels are computed at a time, for
/// so many rows that they stay in the second-level cache.
typedef struct {
  tributary_depthwise depthwise;  // in the middle
  size_t inBlocks;                // of x; not used where nothing widens it
  size_t outBlocks;
} tributary_bottleneck;

/// A convolution's filters as its own kernels want them, its bias by padded channel, and bounds.
typedef struct {
  const float *filters, *bias;
  float low, high;
} tributary_folded;

/// Floats of scratch memory that the function below needs.
size_t tributary_bottleneck_scratch(const tributary_bottleneck *shape);

/// One image. `widen` may be null: x has the many channels already. residual (laid out as y) may be null; it
/// is added in front of `narrow`'s bounds.
void tributary_bottleneck_forward(
    const tributary_bottleneck *shape, const tributary_folded *widen, const tributary_folded *filter,
    const tributary_folded *narrow, const float *x, const float *residual, float *y, float *scratch);
