#include "bfloat16.h"
#include "mathematics.h"

// Rounds to nearest, ties to even; a NaN stays one.
INLINE uint16_t rounded(float value) {
  uint32_t bits = toBits(value);
  uint32_t nearest = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  uint32_t quiet = (bits >> 16) | 0x40u;
  return (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? quiet : nearest);
}

CLONES static void roundRow(const float *x, size_t count, uint16_t *y) {
  for (size_t i = 0; i < count; i++) y[i] = rounded(x[i]);
}

void tributary_to_bfloat16(
    const float *x, size_t rows, size_t count, size_t stride, uint16_t *y) {
  for (size_t r = 0; r < rows; r++) roundRow(x + r * stride, count, y + r * count);
}
