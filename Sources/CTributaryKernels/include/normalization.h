#pragma once
#include <stddef.h>
#include <stdint.h>

/// Rows of `count` values: y = (x - mean) * inverse * weight + bias, inverse = 1 / sqrt(variance + epsilon);
/// keeps mean and inverse of each row.
void tributary_layer_norm(
    const float *x, const float *weight, const float *bias, size_t rows, size_t count,
    float epsilon, float *y, float *means, float *inverses);
/// dx of the above; adds to dWeight and dBias [count]. Each of the three may be NULL.
void tributary_layer_norm_backward(
    const float *g, const float *x, const float *weight, const float *means,
    const float *inverses, size_t rows, size_t count, float *dx, float *dWeight, float *dBias);
/// The layer norm of sum = kept(x) + residual, which is written too; `kept` may be NULL for all, else x is
/// scaled by `scale` where it is not 0 and dropped where it is.
void tributary_residual_norm(
    const float *x, const uint8_t *kept, float scale, const float *residual, const float *weight,
    const float *bias, size_t rows, size_t count, float epsilon, float *sum, float *y,
    float *means, float *inverses);
/// The gradients of the above, as of `tributary_layer_norm`; dx is written only where `kept` is not NULL,
/// else it equals dResidual.
void tributary_residual_norm_backward(
    const float *g, const float *sum, const uint8_t *kept, float scale, const float *weight,
    const float *means, const float *inverses, size_t rows, size_t count, float *dx,
    float *dResidual, float *dWeight, float *dBias);
/// Groups of `area` positions of `block` channels: y = x * scale[channel] + shift[channel], where group g
/// has the channels from (g % groupsPerImage) * block on; with `relu` also max(y, 0).
void tributary_scale_channels(
    const float *x, const float *scale, const float *shift, size_t first, size_t last,
    size_t groupsPerImage, size_t area, size_t block, int relu, float *y);
