#pragma once
// Transposition in blocks of sixteen by sixteen float32 values, in registers.
#include "lanes.h"

#define BESIDE(x, y, i, j) /* two lanes of x and two of y from each quarter of a register */    \
  __builtin_shufflevector(                                                                      \
      x, y, i, 16 + i, j, 16 + j, 4 + i, 20 + i, 4 + j, 20 + j, 8 + i, 24 + i, 8 + j, 24 + j,   \
      12 + i, 28 + i, 12 + j, 28 + j)
#define PAIRS(x, y, i) /* a pair of x and a pair of y from each quarter */                      \
  __builtin_shufflevector(                                                                      \
      x, y, i, i + 1, 16 + i, 17 + i, 4 + i, 5 + i, 20 + i, 21 + i, 8 + i, 9 + i, 24 + i, 25 + i,\
      12 + i, 13 + i, 28 + i, 29 + i)
#define QUARTERS(x, y, i, j) /* quarters i and j of x, then of y */                             \
  __builtin_shufflevector(                                                                      \
      x, y, 4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3, 4 * j, 4 * j + 1, 4 * j + 2, 4 * j + 3,     \
      16 + 4 * i, 17 + 4 * i, 18 + 4 * i, 19 + 4 * i, 16 + 4 * j, 17 + 4 * j, 18 + 4 * j,       \
      19 + 4 * j)

// y [16, 16], rows `yRow` apart, = the transpose of x [16, 16], rows `xRow` apart.
INLINE void transposeBlock(const float *x, size_t xRow, float *y, size_t yRow) {
  lanes a[16], b[16];
  for (int i = 0; i < 16; i++) a[i] = loadLanes(x + i * xRow);
  for (int i = 0; i < 16; i += 2) {
    b[i] = BESIDE(a[i], a[i + 1], 0, 1);
    b[i + 1] = BESIDE(a[i], a[i + 1], 2, 3);
  }
  // a[i + c]: lane c of every quarter, of rows i to i + 3.
  for (int i = 0; i < 16; i += 4)
    for (int j = 0; j < 2; j++) {
      a[i + 2 * j] = PAIRS(b[i + j], b[i + j + 2], 0);
      a[i + 2 * j + 1] = PAIRS(b[i + j], b[i + j + 2], 2);
    }
  for (int c = 0; c < 4; c++) {
    lanes even = QUARTERS(a[c], a[c + 4], 0, 2), odd = QUARTERS(a[c], a[c + 4], 1, 3);
    lanes evenBelow = QUARTERS(a[c + 8], a[c + 12], 0, 2);
    lanes oddBelow = QUARTERS(a[c + 8], a[c + 12], 1, 3);
    *(lanes *)(y + c * yRow) = QUARTERS(even, evenBelow, 0, 2);
    *(lanes *)(y + (c + 4) * yRow) = QUARTERS(odd, oddBelow, 0, 2);
    *(lanes *)(y + (c + 8) * yRow) = QUARTERS(even, evenBelow, 1, 3);
    *(lanes *)(y + (c + 12) * yRow) = QUARTERS(odd, oddBelow, 1, 3);
  }
}

#undef BESIDE
#undef PAIRS
#undef QUARTERS
