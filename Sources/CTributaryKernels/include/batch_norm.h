#pragma once
#include <stddef.h>

/// Batch normalisation over groups of [area, block] values, channels innermost: a blocked tensor has
/// images * groups of them, group t of an image holding the channels from t * block on; a row-major one
/// block 1. Per-channel arrays are as long as the channels in groups * block; what lies beyond `channels`
/// there is padding, whose scale, shift and inverse are 0, so it stays 0.
///
/// Our own rather than oneDNN's, whose threads spin at barriers inside the kernel: on a machine with
/// more runnable threads than cores that multiplies the time.
typedef struct {
  size_t images, groups, area, block, channels;
} tributary_norm;

/// Images first..<last and groups begin..<end.
typedef struct {
  size_t first, last, begin, end;
} tributary_norm_part;

/// What follows the normalisation: y = x * scale + shift (+ residual), between low and high.
typedef struct {
  const float *scale, *shift;
  float low, high;
} tributary_norm_map;

/// means and squares [images, groups * block]: each group's mean and sum of squared deviations from it.
void tributary_norm_moments(
    const tributary_norm *shape, tributary_norm_part part, const float *x, float *means,
    float *squares);
/// Of the channels of groups begin..<end: mean and biased variance from all images' moments (Chan et
/// al. 1979), inverse = 1 / sqrt(variance + epsilon), scale = weight * inverse, shift = bias - mean * scale.
void tributary_norm_statistics(
    const tributary_norm *shape, tributary_norm_part part, const float *means, const float *squares,
    const float *weight, const float *bias, float epsilon, float *mean, float *variance,
    float *inverse, float *scale, float *shift);
/// y; residual may be null.
void tributary_norm_apply(
    const tributary_norm *shape, tributary_norm_part part, const tributary_norm_map *map,
    const float *x, const float *residual, float *y);

/// sums and products [images, groups * block]: sums of g and of g * (x - mean) * inverse, where g counts
/// only where low < y < high. y null: computed from x, or no bounds where both are infinite.
/// gated, if not null, gets that g.
void tributary_norm_sums(
    const tributary_norm *shape, tributary_norm_part part, const tributary_norm_map *map,
    const float *g, const float *x, const float *y, const float *mean, const float *inverse,
    float *gated, float *sums, float *products);
/// Of the channels of groups begin..<end: dw and db, and the slope and offset of
/// dx = scale * g + slope * x + offset.
void tributary_norm_slopes(
    const tributary_norm *shape, tributary_norm_part part, const float *sums, const float *products,
    const float *mean, const float *inverse, const float *scale, float *dw, float *db, float *slope,
    float *offset);
/// dx, with g counting as in `tributary_norm_sums`.
void tributary_norm_input(
    const tributary_norm *shape, tributary_norm_part part, const tributary_norm_map *map,
    const float *g, const float *x, const float *y, const float *slope, const float *offset,
    float *dx);
