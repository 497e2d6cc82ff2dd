#pragma once
#include <stddef.h>

/// In place over rows of scores: softmax of score * scale, where mask[i] == 0 replaces a score by the
/// lowest float32 (so that a row with nothing to attend to becomes uniform). `mask` may be NULL.
void tributary_masked_softmax(
    float *scores, size_t rows, size_t count, float scale, const float *mask);
/// The same, where row r sees only the first count - rows + r + 1 scores and is 0 at the rest; rows <= count.
void tributary_causal_softmax(
    float *scores, size_t rows, size_t count, float scale, const float *mask);
/// In place: g becomes scale * y * (g - sum(g * y)), y the softmax.
void tributary_scaled_softmax_backward(
    float *g, const float *y, size_t rows, size_t count, float scale);
