#pragma once
#include <stddef.h>

/// Batch normalisation over groups of [area, block] values, channels innermost: a blocked tensor has
/// images * channels / block groups, group g holding the channels from (g % groupsPerImage) * block on;
/// a row-major one block 1. Per-channel arrays are as long as the (padded) channels.
///
/// Our own rather than oneDNN's, whose threads spin at barriers inside the kernel: on a machine with
/// more runnable threads than cores that multiplies the time.

/// means and squares [groups, block]: each group's mean and sum of squared deviations from it.
void tributary_group_moments(
    const float *x, size_t first, size_t last, size_t area, size_t block, float *means,
    float *squares);
/// Mean and biased variance of each channel from those of `images` groups each (Chan et al. 1979).
void tributary_combine_moments(
    const float *means, const float *squares, size_t images, size_t channels, size_t area,
    float *mean, float *variance);
/// sums and products [groups, block]: sums of g and of g * (x - mean) * inverse, where g counts only
/// where x * scale + shift > 0 if `relu`.
void tributary_batch_norm_sums(
    const float *g, const float *x, const float *mean, const float *inverse, const float *scale,
    const float *shift, int relu, size_t first, size_t last, size_t groupsPerImage, size_t area,
    size_t block, float *sums, float *products);
/// dx = scale * g + slope * x + offset, g gated as above.
void tributary_batch_norm_input(
    const float *g, const float *x, const float *scale, const float *shift, const float *slope,
    const float *offset, int relu, size_t first, size_t last, size_t groupsPerImage, size_t area,
    size_t block, float *dx);
