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

// Bit patterns of magnitudes compare as the magnitudes do, with infinity and NaN above all.
CLONES static int32_t largestPattern(const float *values, size_t count) {
  int32_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t pattern;
    memcpy(&pattern, values + i, sizeof pattern);
    pattern &= 0x7fffffff;
    largest = pattern > largest ? pattern : largest;
  }
  return largest;
}

float tributary_largest_magnitude(const float *values, size_t count) {
  int32_t pattern = largestPattern(values, count);
  float result;
  memcpy(&result, &pattern, sizeof result);
  return result;
}

// The two words of delta * scale, in units of 2^-24 and of 2^-56: scale is the weight times 2^24.
#define ADD(delta, scale, highWord, lowWord)                                    \
  do {                                                                          \
    double x = (double)(delta) * (scale);                                       \
    double shiftedHigh = x + magic;                                             \
    double rest = (x - (shiftedHigh - magic)) * 0x1p32; /* exact */             \
    double shiftedLow = rest + magic;                                           \
    highWord += bits(shiftedHigh) - bits(magic);                                \
    lowWord += bits(shiftedLow) - bits(magic);                                  \
  } while (0)

CLONES static int64_t accumulateOne(
    const float *delta, double scale, size_t count, int64_t *high, int64_t *low) {
  int64_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    int64_t h = high[i], l = low[i];
    ADD(delta[i], scale, h, l);
    high[i] = h;
    low[i] = l;
    largest = magnitude(h) > largest ? magnitude(h) : largest;
  }
  return largest;
}

CLONES static int64_t accumulateFour(
    const float *const *deltas, const double *scales, size_t start, size_t count, int64_t *high,
    int64_t *low) {
  const float *a = deltas[0] + start, *b = deltas[1] + start;
  const float *c = deltas[2] + start, *d = deltas[3] + start;
  double sa = scales[0], sb = scales[1], sc = scales[2], sd = scales[3];
  int64_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    int64_t h = high[i], l = low[i];
    ADD(a[i], sa, h, l);
    ADD(b[i], sb, h, l);
    ADD(c[i], sc, h, l);
    ADD(d[i], sd, h, l);
    high[i] = h;
    low[i] = l;
    largest = magnitude(h) > largest ? magnitude(h) : largest;
  }
  return largest;
}

// Accumulators of so many elements stay in the first-level cache while all updates are added.
static const size_t block = 1024;

void tributary_accumulate(
    const float *const *deltas, const double *weights, size_t updates, size_t count, int64_t *high,
    int64_t *low, double *largest) {
  int64_t reached = 0;
  for (size_t start = 0; start < count; start += block) {
    size_t length = count - start < block ? count - start : block;
    for (size_t k = 0; k < updates;) {
      int64_t found;
      if (updates - k >= 4) {
        double scales[4];
        for (size_t j = 0; j < 4; j++) scales[j] = weights[k + j] * 0x1p24;
        found = accumulateFour(deltas + k, scales, start, length, high + start, low + start);
        k += 4;
      } else {
        found = accumulateOne(
            deltas[k] + start, weights[k] * 0x1p24, length, high + start, low + start);
        k++;
      }
      reached = found > reached ? found : reached;
    }
  }
  if ((double)reached > *largest) *largest = (double)reached;
}

// Of sums below 2^52 * 2^32 both words are exact in float64, and so their sum is rounded once.
CLONES static int resolveSmall(
    const int64_t *high, const int64_t *low, size_t count, double divisor, float *mean) {
  int64_t large = 0;
  for (size_t i = 0; i < count; i++) {
    int64_t carried = high[i] + (low[i] >> 32);
    large |= (carried + ((int64_t)1 << 52)) >> 53;
    double sum = (double)carried * 0x1p32 + (double)(low[i] & 0xffffffff);
    mean[i] = (float)(sum * 0x1p-56 / divisor);
  }
  return large == 0;
}

static void resolveAny(
    const int64_t *high, const int64_t *low, size_t count, double divisor, float *mean) {
  for (size_t i = 0; i < count; i++) {
    __int128 sum = (__int128)high[i] * ((__int128)1 << 32) + low[i];
    mean[i] = (float)((double)sum * 0x1p-56 / divisor);
  }
}

void tributary_resolve(
    const int64_t *high, const int64_t *low, size_t count, double divisor, float *mean) {
  for (size_t start = 0; start < count; start += block) {
    size_t length = count - start < block ? count - start : block;
    if (!resolveSmall(high + start, low + start, length, divisor, mean + start))
      resolveAny(high + start, low + start, length, divisor, mean + start);
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
