#include "attention.h"
#include "small_products.h"

enum { block = 16 };

INLINE size_t padded(size_t count) { return (count + block - 1) / block * block; }

// In place. Where mask is 0, the score becomes the lowest float32, so that a row with nothing to attend to
// becomes uniform.
INLINE void softmaxRow(float *s, size_t count, float scale, const float *mask) {
  if (mask)
    for (size_t i = 0; i < count; i++) s[i] = mask[i] == 0.0f ? -3.40282347e38f : s[i] * scale;
  else
    for (size_t i = 0; i < count; i++) s[i] *= scale;
  float shift = maximumOf(s, count);
  for (size_t i = 0; i < count; i++) s[i] = exponential(s[i] - shift);
  float factor = (float)(1.0 / sumOf(s, count));
  for (size_t i = 0; i < count; i++) s[i] *= factor;
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
  for (size_t i = 0; i < count; i++) y[i] = mask[i] ? scale * x[i] : 0.0f;
}

CLONES void tributary_attention(
    const struct tributary_head *h, float *probabilities, float *output, float *scratch) {
  size_t span = h->span, width = h->width;
  float *keys = scratch;
  float *values = keys + padded(span) * padded(width);
  float *kept = values + padded(span) * padded(width);
  transpose(h->key, h->keyRow, span, width, keys, padded(span));
  smallProduct(
      h->query, h->queryRow, 1, keys, padded(span), h->length, width, span, probabilities, span);
  for (size_t r = 0; r < h->length; r++) {
    float *row = probabilities + r * span;
    size_t visible = h->isCausal ? span - h->length + r + 1 : span;
    softmaxRow(row, visible, h->scale, h->mask);
    memset(row + visible, 0, 4 * (span - visible));
  }
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
    float dot = (float)dotOf(s, y, span);
    for (size_t i = 0; i < span; i++) s[i] = h->scale * y[i] * (s[i] - dot);
  }
  stride = h->keyRow;
  const float *k = readable(h->key, &stride, span, width, second);
  smallProduct(slope, span, 1, k, stride, h->length, span, width, queryGradient, h->gradientRow);
  stride = h->queryRow;
  const float *q = readable(h->query, &stride, h->length, width, second);
  smallProduct(slope, 1, span, q, stride, span, h->length, width, keyGradient, h->gradientRow);
}
