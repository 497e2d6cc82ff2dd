#include "unary.h"
#include "mathematics.h"
#include <math.h>

#define UNARY(name, expression)                                        \
  CLONES void tributary_##name(const float *x, size_t count, float *y) { \
    for (size_t i = 0; i < count; i++) {                               \
      float v = x[i];                                                  \
      y[i] = expression;                                               \
    }                                                                  \
  }

UNARY(negate, -v)
UNARY(exp, exponential(v))
UNARY(log, logarithm(v))
UNARY(sqrt, squareRoot(v))
UNARY(reciprocal_sqrt, 1.0f / squareRoot(v))
UNARY(tanh, hyperbolicTangent(v))
UNARY(sigmoid, sigmoid(v))
UNARY(relu, v < 0.0f ? 0.0f : v)  // keeps NaN
UNARY(relu6, clamped(v, 6.0f))
UNARY(cos, cosf(v))
UNARY(sin, sinf(v))
UNARY(hard_sigmoid, clamped(v + 3.0f, 6.0f) * (1.0f / 6.0f))
UNARY(hard_swish, v *clamped(v + 3.0f, 6.0f) * (1.0f / 6.0f))
UNARY(silu, v *sigmoid(v))
UNARY(gelu_tanh, 0.5f * v * (1.0f + hyperbolicTangent(GELU_SLOPE * (v + GELU_CUBIC * v * v * v))))
UNARY(erf, errorFunction(v))
UNARY(square, v * v)
UNARY(abs, absolute(v))
UNARY(sign, v > 0.0f ? 1.0f : (v < 0.0f ? -1.0f : 0.0f))

CLONES void tributary_affine(const float *x, size_t count, float scale, float shift, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = scale * x[i] + shift;
}

CLONES void tributary_fill(uint32_t bits, size_t count, uint32_t *y) {
  for (size_t i = 0; i < count; i++) y[i] = bits;
}

CLONES void tributary_int_to_float(const int32_t *x, size_t count, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = (float)x[i];
}

CLONES void tributary_bytes_to_float(
    const uint8_t *x, size_t count, float scale, float shift, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = scale * (float)x[i] + shift;
}

CLONES int tributary_is_finite(const float *x, size_t count) {
  uint32_t bad = 0;
  for (size_t i = 0; i < count; i++) bad |= (toBits(x[i]) & 0x7f800000u) == 0x7f800000u;
  return bad == 0;
}
