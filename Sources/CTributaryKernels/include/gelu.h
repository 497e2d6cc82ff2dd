#pragma once
#include <stddef.h>

/// y = x Phi(x), Phi the normal distribution function; `y` may be `x`.
void tributary_gelu(const float *x, size_t count, float *y);
/// The same, and its derivative Phi(x) + x phi(x).
void tributary_gelu_slope(const float *x, size_t count, float *y, float *slope);
/// In place on rows `stride` apart: gelu(x + bias), and its derivative where `slope` is not NULL.
void tributary_bias_gelu(
    float *x, const float *bias, size_t rows, size_t count, size_t stride, float *slope);
/// dx = g * slope (rows of dx and slope `stride` apart); adds the rows of dx to `sums`.
void tributary_bias_gelu_backward(
    const float *g, size_t gStride, const float *slope, size_t rows, size_t count, size_t stride,
    float *dx, float *sums);
