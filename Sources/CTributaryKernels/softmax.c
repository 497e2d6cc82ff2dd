#include "softmax.h"
#include "lanes.h"

INLINE double exponentials(const float *x, size_t count, float shift, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = exponential(x[i] - shift);
  return sumOf(y, count);
}

CLONES void tributary_softmax(const float *x, size_t rows, size_t count, float *y) {
  for (size_t r = 0; r < rows; r++, x += count, y += count) {
    float scale = (float)(1.0 / exponentials(x, count, maximumOf(x, count), y));
    for (size_t i = 0; i < count; i++) y[i] *= scale;
  }
}

CLONES static double logarithmOfSum(const float *x, size_t count) {
  float shift = maximumOf(x, count);
  float part[256];
  double sum = 0;
  for (size_t i = 0; i < count; i += 256)
    sum += exponentials(x + i, count - i < 256 ? count - i : 256, shift, part);
  return (double)shift + __builtin_log(sum);
}

CLONES void tributary_log_softmax(const float *x, size_t rows, size_t count, float *y) {
  for (size_t r = 0; r < rows; r++, x += count, y += count) {
    double shift = logarithmOfSum(x, count);
    for (size_t i = 0; i < count; i++) y[i] = (float)(x[i] - shift);
  }
}

CLONES void tributary_softmax_backward(
    const float *g, const float *y, size_t rows, size_t count, float *dx) {
  for (size_t r = 0; r < rows; r++, g += count, y += count, dx += count) {
    float dot = (float)dotOf(g, y, count);
    for (size_t i = 0; i < count; i++) dx[i] = y[i] * (g[i] - dot);
  }
}

CLONES void tributary_log_softmax_backward(
    const float *g, const float *y, size_t rows, size_t count, float *dx) {
  for (size_t r = 0; r < rows; r++, g += count, y += count, dx += count) {
    float sum = (float)sumOf(g, count);
    for (size_t i = 0; i < count; i++) dx[i] = g[i] - exponential(y[i]) * sum;
  }
}

double tributary_cross_entropy(
    const float *x, const int32_t *labels, size_t rows, size_t count) {
  double loss = 0;
  for (size_t r = 0; r < rows; r++, x += count)
    if (labels[r] >= 0) loss += logarithmOfSum(x, count) - x[labels[r]];
  return loss;
}

CLONES void tributary_cross_entropy_backward(
    const float *x, const int32_t *labels, size_t rows, size_t count, float scale, float *dx) {
  for (size_t r = 0; r < rows; r++, x += count, dx += count) {
    if (labels[r] < 0) {
      memset(dx, 0, 4 * count);
      continue;
    }
    float factor = (float)(scale / exponentials(x, count, maximumOf(x, count), dx));
    for (size_t i = 0; i < count; i++) dx[i] *= factor;
    dx[labels[r]] -= scale;
  }
}

CLONES ptrdiff_t tributary_count_hits(
    const float *x, const int32_t *labels, size_t rows, size_t count, ptrdiff_t *counted) {
  ptrdiff_t hits = 0;
  for (size_t r = 0; r < rows; r++, x += count) {
    if (labels[r] < 0 || (size_t)labels[r] >= count) continue;
    ++*counted;
    float best = maximumOf(x, count);
    if (x[labels[r]] != best) continue;
    size_t first = 0;
    while (x[first] != best) first++;
    hits += first == (size_t)labels[r];
  }
  return hits;
}
