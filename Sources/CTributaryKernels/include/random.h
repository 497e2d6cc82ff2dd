#pragma once
#include <stddef.h>
#include <stdint.h>

/// y[i] = word i of Philox4x32-10 under (key, salt) < threshold ? 0 : scale * x[i], for the elements
/// `first`..<`first + count` of a tensor (`x` and `y` point at element `first`, a multiple of 64).
void tributary_dropout(
    const float *x, size_t first, size_t count, uint32_t threshold, float scale, uint64_t key,
    uint64_t salt, float *y);
