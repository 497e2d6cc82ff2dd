#pragma once
#include <stddef.h>

/// Products with a matrix of few rows: a small batch's. Any number of rows is right; the sums of a row do not
/// depend on how many there are.

/// y [rows, columns] = x w^T + bias, then max(., 0) where `relu`; w [columns, depth], rows of x `xRow` apart and
/// of y `yRow`; `bias` may be NULL.
void tributary_few_rows_linear(
    const float *x, size_t xRow, size_t rows, const float *w, size_t depth, size_t columns,
    const float *bias, int relu, float *y, size_t yRow);

/// w [m, n] = keep w + scale g^T x for g [rows, m] and x [rows, n], passing over what is 0 in g.
void tributary_few_rows_update(
    const float *g, size_t gRow, const float *x, size_t xRow, size_t rows, size_t m, size_t n,
    float scale, float keep, float *w);

/// Panels of 32 columns: what `columns` columns of `depth` numbers are packed into.
enum { tributary_panel = 32 };

/// panels [ceil(columns / 32)][depth][32] = b [depth, columns], zeros behind the last column; element (d, c) of
/// b is b[d * bRow + c * bStep], one of the two distances being 1.
void tributary_pack_panels(
    const float *b, size_t bRow, size_t bStep, size_t depth, size_t columns, float *panels);

/// c [rows, columns] = a b for a [rows, depth] and b packed.
void tributary_panel_product(
    const float *a, size_t aRow, size_t rows, const float *panels, size_t depth, size_t columns,
    float *c, size_t cRow);

/// c [rows, columns] = a b, for b row-major as it is.
void tributary_few_rows_product(
    const float *a, size_t aRow, size_t rows, const float *b, size_t bRow, size_t depth,
    size_t columns, float *c, size_t cRow);
