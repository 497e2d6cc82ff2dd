#pragma once
#include <stddef.h>
#include <stdint.h>

/// mask[i] = draw i under (key, salt) >= threshold, for the draws `first`..<`first + count` (`mask` points
/// at draw `first`, a multiple of 128). Draw 2 w is the low half of word w of Philox4x32-10, draw 2 w + 1
/// its high half; `threshold` is at most 65536.
void tributary_dropout_mask(
    size_t first, size_t count, uint32_t threshold, uint64_t key, uint64_t salt, uint8_t *mask);
/// y[i] = mask[i] ? scale * x[i] : 0; `y` may be `x`.
void tributary_keep(const float *x, const uint8_t *mask, size_t count, float scale, float *y);
