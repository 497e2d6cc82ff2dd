#include "binary.h"
#include "mathematics.h"

#define BODY(indexA, indexB, expression)   \
  for (size_t i = 0; i < count; i++) {     \
    float u = a[indexA];                   \
    float v = b[indexB];                   \
    y[i] = expression;                     \
  }

// One loop for each pair of strides that a compiler can vectorise, one for all others.
#define BINARY(name, expression)                                                              \
  CLONES void tributary_##name(                                                               \
      const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count,     \
      float *y) {                                                                             \
    if (strideA == 1 && strideB == 1) {                                                       \
      BODY(i, i, expression)                                                                  \
    } else if (strideA == 1 && strideB == 0) {                                                \
      BODY(i, 0, expression)                                                                  \
    } else if (strideA == 0 && strideB == 1) {                                                \
      BODY(0, i, expression)                                                                  \
    } else {                                                                                  \
      BODY((ptrdiff_t)i * strideA, (ptrdiff_t)i * strideB, expression)                        \
    }                                                                                         \
  }

INLINE float addRelu(float a, float b) {
  float sum = a + b;
  return sum < 0.0f ? 0.0f : sum;
}

INLINE float geluTanhSlope(float x) {
  float t = hyperbolicTangent(GELU_SLOPE * (x + GELU_CUBIC * x * x * x));
  float inner = GELU_SLOPE * (1.0f + 3.0f * GELU_CUBIC * x * x);
  return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * inner;
}

INLINE float siluSlope(float x) {
  float s = sigmoid(x);
  return s * (1.0f + x * (1.0f - s));
}

INLINE float hardSwishSlope(float x) {
  return x <= -3.0f ? 0.0f : (x >= 3.0f ? 1.0f : x * (1.0f / 3.0f) + 0.5f);
}

BINARY(add, u + v)
BINARY(subtract, u - v)
BINARY(multiply, u *v)
BINARY(divide, u / v)
BINARY(add_relu, addRelu(u, v))
BINARY(relu_backward, v > 0.0f ? u : 0.0f)
BINARY(relu6_backward, v > 0.0f && v < 6.0f ? u : 0.0f)
BINARY(hard_sigmoid_backward, v > 0.0f && v < 1.0f ? u * (1.0f / 6.0f) : 0.0f)
BINARY(hard_swish_backward, u *hardSwishSlope(v))
BINARY(silu_backward, u *siluSlope(v))
BINARY(gelu_tanh_backward, u *geluTanhSlope(v))
BINARY(tanh_backward, u *(1.0f - v * v))
BINARY(sigmoid_backward, u *(v * (1.0f - v)))

CLONES void tributary_add_in_place(const float *x, size_t count, float *y) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}
