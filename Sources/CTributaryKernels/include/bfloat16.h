#pragma once
#include <stddef.h>
#include <stdint.h>

/// Rows of `count` float32, `stride` apart, as bfloat16 without gaps: rounded to nearest, ties to even.
void tributary_to_bfloat16(
    const float *x, size_t rows, size_t count, size_t stride, uint16_t *y);
