#pragma once
#include "batch_norm.h"

/// A convolution's input in training: what comes in front of it, clamp(x * scale + shift), and the statistics
/// that scale and shift were made of. All as long as the padded channels.
typedef struct {
  tributary_norm_map map;
  const float *mean, *inverse;
} tributary_norm_moments_of;

/// The gradient of a norm's input y from that of its result, g, within the bounds already:
/// scale * g + slope * y + offset (see `tributary_norm_slopes`).
typedef struct {
  const float *scale, *slope, *offset;
} tributary_norm_slope;
