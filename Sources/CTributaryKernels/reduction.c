#include "reduction.h"
#include "lanes.h"

CLONES void tributary_sum_rows(
    const float *x, size_t rows, size_t count, float scale, float *sums) {
  for (size_t r = 0; r < rows; r++) sums[r] = (float)(sumOf(x + r * count, count) * scale);
}

// 64 rows at a time into a block sum, block sums into the total: the error grows with rows / 64.
CLONES void tributary_sum_columns(
    const float *x, size_t rows, size_t stride, size_t columns, float scale, float *sums) {
  enum { tile = 256, block = 64 };
  for (size_t first = 0; first < columns; first += tile) {
    size_t width = columns - first < tile ? columns - first : tile;
    float total[tile] = {0};
    for (size_t start = 0; start < rows; start += block) {
      size_t end = rows - start < block ? rows : start + block;
      float part[tile] = {0};
      for (size_t r = start; r < end; r++) {
        const float *row = x + r * stride + first;
        for (size_t c = 0; c < width; c++) part[c] += row[c];
      }
      for (size_t c = 0; c < width; c++) total[c] += part[c];
    }
    for (size_t c = 0; c < width; c++) sums[first + c] = total[c] * scale;
  }
}

CLONES double tributary_dot(const float *a, const float *b, size_t count) {
  return dotOf(a, b, count);
}

void tributary_max(
    const float *x, size_t outer, size_t count, size_t inner, float *values, int32_t *positions) {
  for (size_t o = 0; o < outer; o++)
    for (size_t i = 0; i < inner; i++) {
      const float *line = x + o * count * inner + i;
      size_t best = 0;
      for (size_t k = 1; k < count; k++)
        if (line[k * inner] > line[best * inner] || line[k * inner] != line[k * inner]) best = k;
      values[o * inner + i] = line[best * inner];
      positions[o * inner + i] = (int32_t)best;
    }
}
