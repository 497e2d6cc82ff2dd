#pragma once
#include <stddef.h>
#include <stdint.h>

/// y[i] = f(x[i]); `y` may be `x`.
void tributary_negate(const float *x, size_t count, float *y);
void tributary_exp(const float *x, size_t count, float *y);
void tributary_log(const float *x, size_t count, float *y);
void tributary_cos(const float *x, size_t count, float *y);
void tributary_sin(const float *x, size_t count, float *y);
void tributary_sqrt(const float *x, size_t count, float *y);
void tributary_reciprocal_sqrt(const float *x, size_t count, float *y);
void tributary_tanh(const float *x, size_t count, float *y);
void tributary_sigmoid(const float *x, size_t count, float *y);
void tributary_relu(const float *x, size_t count, float *y);
void tributary_relu6(const float *x, size_t count, float *y);
/// relu6(x + 3) / 6
void tributary_hard_sigmoid(const float *x, size_t count, float *y);
/// x relu6(x + 3) / 6
void tributary_hard_swish(const float *x, size_t count, float *y);
/// x sigmoid(x)
void tributary_silu(const float *x, size_t count, float *y);
/// x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
void tributary_gelu_tanh(const float *x, size_t count, float *y);
void tributary_erf(const float *x, size_t count, float *y);
void tributary_square(const float *x, size_t count, float *y);
void tributary_abs(const float *x, size_t count, float *y);
void tributary_sign(const float *x, size_t count, float *y);
/// y[i] = scale * x[i] + shift
void tributary_affine(const float *x, size_t count, float scale, float shift, float *y);
void tributary_fill(uint32_t bits, size_t count, uint32_t *y);
void tributary_int_to_float(const int32_t *x, size_t count, float *y);
/// y[i] = scale * x[i] + shift
void tributary_bytes_to_float(
    const uint8_t *x, size_t count, float scale, float shift, float *y);
/// 1 where every value is finite.
int tributary_is_finite(const float *x, size_t count);
