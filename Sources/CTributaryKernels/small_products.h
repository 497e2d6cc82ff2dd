#pragma once
// Products of matrices that fit into the first-level caches: the heads of attention.
#include "transpose.h"

// Eight rows by `panels` times sixteen columns of a b at a time; b's rows are readable up to a multiple of 16.
// Element (r, d) of a is a[r * aRow + d * aStep].
#define TILE(rows, panels)                                                                   \
  do {                                                                                       \
    _Pragma("clang fp contract(fast)")                                                       \
    lanes sum[rows][panels] = {{{0}}};                                                       \
    const float *left = a + i * aRow, *right = b + j;                                        \
    for (size_t d = 0; d < depth; d++, left += aStep, right += bRow)                         \
      for (int r = 0; r < rows; r++)                                                         \
        for (int p = 0; p < panels; p++)                                                     \
          sum[r][p] += left[(size_t)r * aRow] * loadLanes(right + 16 * p);                   \
    for (int r = 0; r < rows; r++)                                                           \
      for (int p = 0; p < panels; p++) {                                                     \
        size_t at = j + 16 * (size_t)p;                                                      \
        float *target = c + (i + (size_t)r) * cRow + at;                                     \
        lanes value = sum[r][p];                                                             \
        if (columns - at >= 16)                                                              \
          *(lanes *)target = value;                                                          \
        else                                                                                 \
          memcpy(target, &value, 4 * (columns - at));                                        \
      }                                                                                      \
  } while (0)

// c [rows, columns] = a b.
INLINE void smallProduct(
    const float *a, size_t aRow, size_t aStep, const float *b, size_t bRow, size_t rows,
    size_t depth, size_t columns, float *c, size_t cRow) {
  for (size_t j = 0; j < columns; j += 32) {
    size_t i = 0;
    if (columns - j > 16) {
      for (; i + 8 <= rows; i += 8) TILE(8, 2);
      for (; i < rows; i++) TILE(1, 2);
    } else {
      for (; i + 8 <= rows; i += 8) TILE(8, 1);
      for (; i < rows; i++) TILE(1, 1);
    }
  }
}

// t [columns, tRow] = the transpose of x [rows, columns], tRow at least `rows`; zeros up to tRow.
INLINE void transpose(
    const float *x, size_t xRow, size_t rows, size_t columns, float *t, size_t tRow) {
  size_t wholeRows = rows / 16 * 16, wholeColumns = columns / 16 * 16;
  for (size_t r = 0; r < wholeRows; r += 16)
    for (size_t c = 0; c < wholeColumns; c += 16)
      transposeBlock(x + r * xRow + c, xRow, t + c * tRow + r, tRow);
  for (size_t c = 0; c < columns; c++) {
    for (size_t r = c < wholeColumns ? wholeRows : 0; r < rows; r++)
      t[c * tRow + r] = x[r * xRow + c];
    for (size_t r = rows; r < tRow; r++) t[c * tRow + r] = 0.0f;
  }
}
