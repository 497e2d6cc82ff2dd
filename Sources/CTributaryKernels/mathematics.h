#pragma once
// Branch-free float32 functions that a compiler can turn into vector code. Errors are below 2 units in
// the last place of the result, except where said. No fused multiply-add: the same bits on every CPU.
#include "clones.h"
#include <stdint.h>
#include <string.h>

INLINE float fromBits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE uint32_t toBits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

INLINE float absolute(float x) { return fromBits(toBits(x) & 0x7fffffffu); }
INLINE float withSign(float size, float sign) {
  return fromBits((toBits(size) & 0x7fffffffu) | (toBits(sign) & 0x80000000u));
}
INLINE float larger(float a, float b) { return a > b ? a : b; }
INLINE float squareRoot(float x) { return __builtin_elementwise_sqrt(x); }

// 2^k for k in -252...256, in two factors so that neither over- nor underflows on the way.
INLINE float scaleByPower(float x, int32_t k) {
  int32_t half = k >> 1;
  float first = fromBits((uint32_t)(half + 127) << 23);
  float second = fromBits((uint32_t)(k - half + 127) << 23);
  return x * first * second;
}

// exp(x) = 2^k exp(r), |r| <= ln(2) / 2, exp(r) as a polynomial (Cephes).
INLINE float exponential(float x) {
  x = x < -110.0f ? -110.0f : x;
  x = x > 89.0f ? 89.0f : x;
  float k = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
  float r = x - k * 0.693359375f;
  r = r + k * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  return scaleByPower(p, (int32_t)k);
}

// log(x) = e ln(2) + log(m), m in [sqrt(1/2), sqrt(2)) (Cephes).
INLINE float logarithm(float x) {
  float scaled = x < 1.17549435e-38f ? x * 33554432.0f : x;
  float shift = x < 1.17549435e-38f ? -25.0f : 0.0f;
  uint32_t word = toBits(scaled);
  int32_t exponent = (int32_t)(word >> 23) - 126;
  float m = fromBits((word & 0x007fffffu) | 0x3f000000u);
  float e = (float)exponent + shift;
  float below = m < 0.707106781186547524f ? 1.0f : 0.0f;
  e = e - below;
  m = m + m * below - 1.0f;
  float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float y = p * m * z + e * -2.12194440e-4f - 0.5f * z;
  float result = m + y + e * 0.693359375f;
  result = x == 0.0f ? -__builtin_inff() : result;
  result = x < 0.0f ? __builtin_nanf("") : result;
  result = x == __builtin_inff() ? x : result;
  return x != x ? x : result;
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

// Between 0 and `top`; keeps NaN.
INLINE float clamped(float x, float top) { return x < 0.0f ? 0.0f : (x > top ? top : x); }

INLINE float hyperbolicTangent(float x) {
  float size = absolute(x);
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float near = p * z * x + x;
  float far = withSign(1.0f - 2.0f / (exponential(2.0f * size) + 1.0f), x);
  return size < 0.625f ? near : far;
}

// GELU's approximation by tanh: sqrt(2 / pi) and Hendrycks' and Gimpel's factor of the cube.
#define GELU_SLOPE 0.797884560802865356f
#define GELU_CUBIC 0.044715f

// erf after N. Juffa: a polynomial near 0, 1 - exp(polynomial) beyond.
INLINE float errorFunction(float x) {
  float t = absolute(x);
  float s = x * x;
  float r = -1.72853470e-5f * t + 3.83197126e-4f;
  float u = -3.88396438e-3f * t + 2.42546219e-2f;
  r = r * s + u;
  r = r * t - 1.06777877e-1f;
  r = r * t - 6.34846687e-1f;
  r = r * t - 1.28717512e-1f;
  r = r * t - t;
  float far = withSign(1.0f - exponential(t > 4.0f ? -18.0f : r), x);
  float p = -5.96761703e-4f;
  p = p * s + 4.99119423e-3f;
  p = p * s - 2.67681349e-2f;
  p = p * s + 1.12819925e-1f;
  p = p * s - 3.76125336e-1f;
  p = p * s + 1.28379166e-1f;
  float near = p * x + x;
  float result = t > 0.921875f ? far : near;
  return x != x ? x : result;
}
