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
/// a where 0 < b < 6, else 0: the gradient `a` through relu6 with output `b`.
void tributary_relu6_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a / 6 where 0 < b < 1, else 0: the gradient `a` through the hard sigmoid with output `b`.
void tributary_hard_sigmoid_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * hardSwish'(b): 0 up to -3, 1 from 3, b / 3 + 1 / 2 between.
void tributary_hard_swish_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * silu'(b), silu'(x) = s (1 + x (1 - s)), s = sigmoid(x).
void tributary_silu_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * the derivative of GELU's approximation by tanh at b.
void tributary_gelu_tanh_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * (1 - b * b): the gradient through tanh with output `b`.
void tributary_tanh_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// a * b * (1 - b): the gradient through the sigmoid with output `b`.
void tributary_sigmoid_backward(
    const float *a, ptrdiff_t strideA, const float *b, ptrdiff_t strideB, size_t count, float *y);
/// y[i] += x[i]
void tributary_add_in_place(const float *x, size_t count, float *y);
