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

INLINE float geluSlope(float x) {
  float cumulative = 0.5f * (1.0f + errorFunction(x * 0.70710678118654752f));
  float density = 0.39894228040143268f * exponential(-0.5f * x * x);
  return cumulative + x * density;
}

BINARY(add, u + v)
BINARY(subtract, u - v)
BINARY(multiply, u *v)
BINARY(divide, u / v)
BINARY(add_relu, addRelu(u, v))
BINARY(relu_backward, v > 0.0f ? u : 0.0f)
BINARY(gelu_backward, u *geluSlope(v))
BINARY(tanh_backward, u *(1.0f - v * v))
BINARY(sigmoid_backward, u *(v * (1.0f - v)))

CLONES void tributary_add_in_place(const float *x, size_t count, float *y) {
  for (size_t i = 0; i < count; i++) y[i] += x[i];
}
