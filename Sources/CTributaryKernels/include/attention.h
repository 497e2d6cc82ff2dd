#pragma once
#include <stddef.h>
#include <stdint.h>

/// One head: query [length, width], key and value [span, width], each with its distance between rows.
struct tributary_head {
  const float *query, *key, *value;
  /// 0 where a key must not be looked at, [span], or NULL: its score is the lowest float32, so that a row
  /// with nothing to attend to becomes uniform.
  const float *mask;
  /// Which probabilities dropout keeps, [length, span], or NULL; the kept ones times `keptScale`.
  const uint8_t *kept;
  size_t queryRow, keyRow, valueRow, outputRow, gradientRow;
  size_t length, span, width;
  float scale, keptScale;
  /// Row r sees only the first span - length + r + 1 keys.
  int isCausal;
};

/// Floats of scratch memory that a head needs.
size_t tributary_attention_scratch(size_t length, size_t span, size_t width);
/// probabilities [length, span] = softmax(query key^T * scale); output = (kept probabilities) value.
void tributary_attention(
    const struct tributary_head *head, float *probabilities, float *output, float *scratch);
/// The gradients of query, key and value, rows `gradientRow` apart, from the output's.
void tributary_attention_backward(
    const struct tributary_head *head, const float *probabilities, const float *gradient,
    size_t gradientRow, float *queryGradient, float *keyGradient, float *valueGradient,
    float *scratch);
