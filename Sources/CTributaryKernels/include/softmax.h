#pragma once
#include <stddef.h>
#include <stdint.h>

/// Each over rows of `count` values.
void tributary_softmax(const float *x, size_t rows, size_t count, float *y);
void tributary_log_softmax(const float *x, size_t rows, size_t count, float *y);
/// dx = y * (g - sum(g * y)), y the softmax.
void tributary_softmax_backward(
    const float *g, const float *y, size_t rows, size_t count, float *dx);
/// dx = g - exp(y) * sum(g), y the log-softmax.
void tributary_log_softmax_backward(
    const float *g, const float *y, size_t rows, size_t count, float *dx);
/// The sum over rows of -log softmax(x)[label]; a row with a negative label does not count.
double tributary_cross_entropy(
    const float *x, const int32_t *labels, size_t rows, size_t count);
/// dx = scale * (softmax(x) - onehot(label)).
void tributary_cross_entropy_backward(
    const float *x, const int32_t *labels, size_t rows, size_t count, float scale, float *dx);
/// How many rows are largest (the first of equals) at their label, and into `counted` how many have one.
ptrdiff_t tributary_count_hits(
    const float *x, const int32_t *labels, size_t rows, size_t count, ptrdiff_t *counted);
