#include "attention.h"
#include "small_products.h"

enum { block = 16 };

INLINE size_t padded(size_t count) { return (count + block - 1) / block * block; }

// body for each l in 0..<count: sixteen at a time as vector code, without a look at what may overlap.
#define EACH(l, count, body)                                                                   \
  do {                                                                                         \
    size_t l = 0, whole = (count) / block * block;                                             \
    _Pragma("clang loop vectorize(assume_safety) vectorize_width(16) interleave(disable)")     \
    for (l = 0; l < whole; l++) body;                                                          \
    for (; l < (count); l++) body;                                                             \
  } while (0)

INLINE float largest(const float *s, size_t count) {
  if (count < block) return maximumOf(s, count);
  float best[block];
  memcpy(best, s, sizeof best);
  for (size_t i = block; i + block <= count; i += block)
    for (int l = 0; l < block; l++) best[l] = larger(s[i + l], best[l]);
  for (int width = block / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) best[l] = larger(best[l + width], best[l]);
  for (size_t i = count / block * block; i < count; i++) best[0] = larger(s[i], best[0]);
  return best[0];
}

// In place. Where mask is 0, the score becomes the lowest float32, so that a row with nothing to attend to
// becomes uniform.
INLINE void softmaxRow(float *s, size_t count, float scale, const float *mask) {
  if (mask)
    EACH(i, count, s[i] = mask[i] == 0.0f ? -3.40282347e38f : s[i] * scale);
  else
    EACH(i, count, s[i] *= scale);
  float shift = largest(s, count);
  EACH(i, count, s[i] = exponential(s[i] - shift));
  float factor = (float)(1.0 / sumOf(s, count));
  EACH(i, count, s[i] *= factor);
}

CLONES static void softmaxRows(const struct tributary_head *h, float *scores) {
  for (size_t r = 0; r < h->length; r++) {
    float *row = scores + r * h->span;
    size_t visible = h->isCausal ? h->span - h->length + r + 1 : h->span;
    softmaxRow(row, visible, h->scale, h->mask);
    memset(row + visible, 0, 4 * (h->span - visible));
  }
}

// Rows of x at a stride that may be too short to be read by sixteens, or x itself.
INLINE const float *readable(
    const float *x, size_t *stride, size_t rows, size_t columns, float *copy) {
  if (columns % block == 0) return x;
  size_t width = padded(columns);
  for (size_t r = 0; r < rows; r++) {
    memcpy(copy + r * width, x + r * *stride, 4 * columns);
    memset(copy + r * width + columns, 0, 4 * (width - columns));
  }
  *stride = width;
  return copy;
}

size_t tributary_attention_scratch(size_t length, size_t span, size_t width) {
  size_t longest = length > span ? length : span;
  return 3 * padded(longest) * padded(width) + 2 * padded(length) * padded(span);
}

INLINE void keep(const float *x, const uint8_t *mask, size_t count, float scale, float *y) {
  EACH(i, count, y[i] = mask[i] ? scale * x[i] : 0.0f);
}

// The rows of the next head lie right of this one's: they are on their way while this one is computed.
INLINE void fetchNext(const float *x, size_t xRow, size_t rows, size_t width) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < width; c += block) __builtin_prefetch(x + r * xRow + width + c);
}

CLONES void tributary_attention(
    const struct tributary_head *h, float *probabilities, float *output, float *scratch) {
  size_t span = h->span, width = h->width;
  float *keys = scratch;
  float *values = keys + padded(span) * padded(width);
  float *kept = values + padded(span) * padded(width);
  fetchNext(h->query, h->queryRow, h->length, width);
  fetchNext(h->key, h->keyRow, span, width);
  fetchNext(h->value, h->valueRow, span, width);
  transpose(h->key, h->keyRow, span, width, keys, padded(span));
  smallProduct(
      h->query, h->queryRow, 1, keys, padded(span), h->length, width, span, probabilities, span);
  softmaxRows(h, probabilities);
  const float *weights = probabilities;
  if (h->kept) {
    keep(probabilities, h->kept, h->length * span, h->keptScale, kept);
    weights = kept;
  }
  size_t stride = h->valueRow;
  const float *v = readable(h->value, &stride, span, width, values);
  smallProduct(weights, span, 1, v, stride, h->length, span, width, output, h->outputRow);
}

CLONES void tributary_attention_backward(
    const struct tributary_head *h, const float *probabilities, const float *gradient,
    size_t gradientRow, float *queryGradient, float *keyGradient, float *valueGradient,
    float *scratch) {
  size_t span = h->span, width = h->width, area = h->length * span;
  size_t longest = h->length > span ? h->length : span;
  float *first = scratch, *second = first + padded(longest) * padded(width);
  float *slope = second + 2 * padded(longest) * padded(width);
  float *weights = slope + padded(h->length) * padded(span);
  fetchNext(h->query, h->queryRow, h->length, width);
  fetchNext(h->key, h->keyRow, span, width);
  fetchNext(h->value, h->valueRow, span, width);
  fetchNext(gradient, gradientRow, h->length, width);
  transpose(h->value, h->valueRow, span, width, first, padded(span));
  smallProduct(
      gradient, gradientRow, 1, first, padded(span), h->length, width, span, slope, span);
  const float *p = probabilities;
  if (h->kept) {
    keep(p, h->kept, area, h->keptScale, weights);
    keep(slope, h->kept, area, h->keptScale, slope);
    p = weights;
  }
  size_t stride = gradientRow;
  const float *g = readable(gradient, &stride, h->length, width, second);
  smallProduct(p, 1, span, g, stride, span, h->length, width, valueGradient, h->gradientRow);
  for (size_t r = 0; r < h->length; r++) {
    float *s = slope + r * span;
    const float *y = probabilities + r * span;
    float dot = (float)dotOf(s, y, span), scale = h->scale;
    EACH(i, span, s[i] = scale * y[i] * (s[i] - dot));
  }
  stride = h->keyRow;
  const float *k = readable(h->key, &stride, span, width, second);
  smallProduct(slope, span, 1, k, stride, h->length, span, width, queryGradient, h->gradientRow);
  stride = h->queryRow;
  const float *q = readable(h->query, &stride, h->length, width, second);
  smallProduct(slope, 1, span, q, stride, span, h->length, width, keyGradient, h->gradientRow);
}
