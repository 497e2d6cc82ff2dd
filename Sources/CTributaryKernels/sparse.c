#include "sparse.h"
#include "clones.h"
#include <string.h>

CLONES void tributary_sparse_product(
    const int32_t *offsets, const int32_t *indices, const float *values, const float *x,
    size_t width, size_t first, size_t last, float *y) {
  for (size_t r = first; r < last; r++) {
    float *row = y + r * width;
    memset(row, 0, 4 * width);
    for (int32_t k = offsets[r]; k < offsets[r + 1]; k++) {
      const float *source = x + (size_t)indices[k] * width;
      float value = values[k];
      for (size_t c = 0; c < width; c++) row[c] += value * source[c];
    }
  }
}
