#pragma once
#include <stddef.h>

/// y[i] = f(a[i * strideA], b[i * strideB]); a stride of 0 repeats one value. `y` may be `a` or `b` where
/// that one's stride is 1.
typedef void (*tributary_binary)(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);

void tributary_add(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
void tributary_subtract(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
void tributary_multiply(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
void tributary_divide(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// relu(a + b)
void tributary_add_relu(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a where b > 0, else 0: the gradient `a` through relu with output `b`.
void tributary_relu_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * gelu'(b), gelu'(x) = Phi(x) + x phi(x).
void tributary_gelu_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * (1 - b * b): the gradient through tanh with output `b`.
void tributary_tanh_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * b * (1 - b): the gradient through the sigmoid with output `b`.
void tributary_sigmoid_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// y[i] += x[i]
void tributary_add_in_place(const float *x, size_t count, float *y);
