#pragma once
// Sixteen float32 lanes: one AVX-512 register, two of AVX2, four of SSE; the same sums on all.
#include "mathematics.h"

typedef float lanes __attribute__((vector_size(64), aligned(4)));

// Passed by address: by value their calling convention would differ between the clones.
#define loadLanes(address) (*(const lanes *)(address))

INLINE float sumLanes(const lanes *v) {
  float part[16];
  memcpy(part, v, sizeof part);
  for (int width = 8; width > 0; width /= 2)
    for (int i = 0; i < width; i++) part[i] += part[i + width];
  return part[0];
}

// Lanes of 4096 values at a time, then float64: the error does not grow with the count.
INLINE double sumOf(const float *x, size_t count) {
  double total = 0;
  size_t i = 0;
  while (count - i >= 16) {
    size_t end = i + ((count - i < 4096 ? count - i : 4096) & ~(size_t)15);
    lanes sum = {0}, other = {0};
    for (; i + 32 <= end; i += 32) {
      sum += loadLanes(x + i);
      other += loadLanes(x + i + 16);
    }
    for (; i < end; i += 16) sum += loadLanes(x + i);
    sum += other;
    total += sumLanes(&sum);
  }
  for (; i < count; i++) total += x[i];
  return total;
}

INLINE double dotOf(const float *x, const float *y, size_t count) {
  double total = 0;
  size_t i = 0;
  while (count - i >= 16) {
    size_t end = i + ((count - i < 4096 ? count - i : 4096) & ~(size_t)15);
    lanes sum = {0};
    for (; i < end; i += 16) sum += loadLanes(x + i) * loadLanes(y + i);
    total += sumLanes(&sum);
  }
  for (; i < count; i++) total += x[i] * y[i];
  return total;
}

INLINE float maximumOf(const float *x, size_t count) {
  float best = x[0];
  size_t i = 0;
  if (count >= 16) {
    float part[16];
    memcpy(part, x, sizeof part);
    for (i = 16; i + 16 <= count; i += 16)
      for (int lane = 0; lane < 16; lane++) part[lane] = larger(x[i + lane], part[lane]);
    for (int lane = 0; lane < 16; lane++) best = larger(part[lane], best);
  }
  for (; i < count; i++) best = larger(x[i], best);
  return best;
}
