#pragma once
#include <stddef.h>
#include <stdint.h>

/// sums[r] = scale * sum of row r of x [rows, count].
void tributary_sum_rows(
    const float *x, size_t rows, size_t count, float scale, float *sums);
/// sums[c] = scale * sum over r of x[r * stride + c], for `columns` columns.
void tributary_sum_columns(
    const float *x, size_t rows, size_t stride, size_t columns, float scale, float *sums);
/// Sum of a[i] * b[i].
double tributary_dot(const float *a, const float *b, size_t count);
/// The first largest value along the middle axis of x [outer, count, inner], and where it stands.
void tributary_max(
    const float *x, size_t outer, size_t count, size_t inner, float *values, int32_t *positions);
