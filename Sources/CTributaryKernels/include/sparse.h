#pragma once
#include <stddef.h>
#include <stdint.h>

/// Rows first..<last of y = A x, A in compressed sparse rows: row r has values[k] at column indices[k] for k in
/// offsets[r]..<offsets[r + 1], which are added up in that order; x and y row-major with `width` columns.
void tributary_sparse_product(
    const int32_t *offsets, const int32_t *indices, const float *values, const float *x,
    size_t width, size_t first, size_t last, float *y);
