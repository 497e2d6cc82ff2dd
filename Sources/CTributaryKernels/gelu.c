#include "gelu.h"
#include "mathematics.h"

// 1 - Phi(|x|) = exp(-x^2 / 2) P(t), t = 1 / (1 + 0.3 |x|), P fitted to a relative error of 1.5e-7. One
// exponential serves value and slope.
INLINE float upperTail(float size, float bell) {
  float t = 1.0f / (1.0f + 0.3f * size);
  float p = 3.567549e-2f;
  p = p * t - 1.5720588e-1f;
  p = p * t + 2.0635800e-1f;
  p = p * t - 5.368748e-2f;
  p = p * t + 1.2856349e-1f;
  p = p * t + 9.991298e-2f;
  p = p * t + 1.2075403e-1f;
  p = p * t + 1.1962929e-1f;
  return p * t * bell;
}

INLINE float bellOf(float x) { return exponential(-0.5f * x * x); }

INLINE float cumulative(float x, float bell) {
  float tail = upperTail(absolute(x), bell);
  return x < 0.0f ? tail : 1.0f - tail;
}

// `y` may be `x`: element by element that is no dependence, which a compiler cannot know.
#define INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")

CLONES void tributary_gelu(const float *x, size_t count, float *y) {
  INDEPENDENT
  for (size_t i = 0; i < count; i++) {
    float v = x[i];
    y[i] = v * cumulative(v, bellOf(v));
  }
}

CLONES static void withSlope(const float *x, size_t count, float *y, float *slope) {
  INDEPENDENT
  for (size_t i = 0; i < count; i++) {
    float v = x[i];
    float bell = bellOf(v);
    float phi = cumulative(v, bell);
    y[i] = v * phi;
    slope[i] = phi + v * (0.398942280401432678f * bell);
  }
}

void tributary_gelu_slope(const float *x, size_t count, float *y, float *slope) {
  withSlope(x, count, y, slope);
}

CLONES static void addRow(const float *bias, size_t count, float *x) {
  for (size_t i = 0; i < count; i++) x[i] += bias[i];
}

void tributary_bias_gelu(
    float *x, const float *bias, size_t rows, size_t count, size_t stride, float *slope) {
  for (size_t r = 0; r < rows; r++, x += stride) {
    addRow(bias, count, x);
    if (slope)
      withSlope(x, count, x, slope + r * stride);
    else
      tributary_gelu(x, count, x);
  }
}

CLONES static void gatedRow(
    const float *g, const float *slope, size_t count, float *dx, float *sums) {
  for (size_t i = 0; i < count; i++) {
    float d = g[i] * slope[i];
    dx[i] = d;
    sums[i] += d;
  }
}

void tributary_bias_gelu_backward(
    const float *g, size_t gStride, const float *slope, size_t rows, size_t count, size_t stride,
    float *dx, float *sums) {
  for (size_t r = 0; r < rows; r++)
    gatedRow(g + r * gStride, slope + r * stride, count, dx + r * stride, sums);
}
