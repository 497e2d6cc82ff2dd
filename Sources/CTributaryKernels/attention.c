#include "attention.h"
#include "lanes.h"

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

CLONES void tributary_masked_softmax(
    float *scores, size_t rows, size_t count, float scale, const float *mask) {
  for (size_t r = 0; r < rows; r++) softmaxRow(scores + r * count, count, scale, mask);
}

CLONES void tributary_causal_softmax(
    float *scores, size_t rows, size_t count, float scale, const float *mask) {
  for (size_t r = 0; r < rows; r++, scores += count) {
    size_t visible = count - rows + r + 1;
    softmaxRow(scores, visible, scale, mask);
    for (size_t i = visible; i < count; i++) scores[i] = 0.0f;
  }
}

CLONES void tributary_scaled_softmax_backward(
    float *g, const float *y, size_t rows, size_t count, float scale) {
  for (size_t r = 0; r < rows; r++, g += count, y += count) {
    float dot = (float)dotOf(g, y, count);
    for (size_t i = 0; i < count; i++) g[i] = scale * y[i] * (g[i] - dot);
  }
}
