#include "aggregation.h"
#include "clones.h"
#include <string.h>

// Adding 1.5 * 2^52 rounds a float64 below 2^51 to the nearest integer (ties to even), which then
// stands in the low bits: rounding and conversion to int64 without AVX-512.
static const double magic = 0x1.8p52;

INLINE int64_t bits(double value) {
  int64_t result;
  memcpy(&result, &value, sizeof result);
  return result;
}

INLINE int64_t magnitude(int64_t value) { return value < 0 ? -value : value; }

CLONES static int outOfRange(const float *delta, size_t count, double weight) {
  int64_t outside = 0;
  for (size_t i = 0; i < count; i++) {
    double product = (double)delta[i] * weight;
    outside |= !(__builtin_fabs(product) <= 0x1p26);  // also catches NaN
  }
  return outside != 0;
}

CLONES static int64_t accumulate(
    const float *delta, size_t count, double weight, int64_t *high, int64_t *low) {
  int64_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    double x = (double)delta[i] * weight * 0x1p56;
    double shiftedHigh = x * 0x1p-32 + magic;
    double rest = x - (shiftedHigh - magic) * 0x1p32;  // exact: at most 53 bits remain
    double shiftedLow = rest + magic;
    int64_t sum = high[i] + (bits(shiftedHigh) - bits(magic));
    high[i] = sum;
    low[i] += bits(shiftedLow) - bits(magic);
    int64_t size = magnitude(sum);
    largest = size > largest ? size : largest;
  }
  return largest;
}

int tributary_accumulate(
    const float *delta, size_t count, double weight, int64_t *high, int64_t *low,
    double *largest) {
  if (outOfRange(delta, count, weight)) return 1;
  double reached = (double)accumulate(delta, count, weight, high, low);
  if (reached > *largest) *largest = reached;
  return 0;
}

void tributary_resolve(
    const int64_t *high, const int64_t *low, size_t count, double divisor, float *mean) {
  for (size_t i = 0; i < count; i++) {
    __int128 sum = (__int128)high[i] * ((__int128)1 << 32) + low[i];
    mean[i] = (float)((double)sum * 0x1p-56 / divisor);
  }
}

CLONES static int64_t combine(
    const int64_t *high, const int64_t *low, size_t count, int64_t *sumHigh, int64_t *sumLow) {
  int64_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    int64_t sum = sumHigh[i] + high[i];
    sumHigh[i] = sum;
    sumLow[i] += low[i];
    int64_t size = magnitude(sum);
    largest = size > largest ? size : largest;
  }
  return largest;
}

void tributary_combine(
    const int64_t *high, const int64_t *low, size_t count, int64_t *sumHigh, int64_t *sumLow,
    double *largest) {
  double reached = (double)combine(high, low, count, sumHigh, sumLow);
  if (reached > *largest) *largest = reached;
}
