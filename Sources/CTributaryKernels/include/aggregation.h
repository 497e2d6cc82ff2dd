#pragma once
#include <stddef.h>
#include <stdint.h>

/// Exact sums of weighted float32 vectors: fixed point with 56 fractional bits in two int64 words an
/// element, value = (high * 2^32 + low) * 2^-56. Integer addition is associative, so neither order nor
/// grouping of the updates changes a bit. The same bits on every CPU.

/// The largest magnitude of `count` values; infinity or NaN where one is not finite.
float tributary_largest_magnitude(const float *values, size_t count);

/// Adds `deltas[k] * weights[k]` of all `updates` to the accumulators of `count` elements, in one pass over
/// them.
///
/// The product is formed in float64: exact for an integer weight below 2^29. It is rounded once, to
/// the nearest multiple of 2^-56. `*largest` is raised to the largest |high[i]| that was reached, so that
/// the caller can refuse more before an int64 overflows (each update adds at most 2^50 to |high| and
/// 2^31 to |low|). No product may be beyond 2^26 in magnitude, let alone not finite.
void tributary_accumulate(
    const float *const *deltas, const double *weights, size_t updates, size_t count, int64_t *high,
    int64_t *low, double *largest);

/// mean[i] = float32((high[i] * 2^32 + low[i]) * 2^-56 / divisor): the integer is rounded to float64,
/// divided in float64 and rounded to float32.
void tributary_resolve(
    const int64_t *high, const int64_t *low, size_t count, double divisor, float *mean);

/// Adds one pair of accumulators to another: a relay's or a shard's partial sums. `*largest` as above.
void tributary_combine(
    const int64_t *high, const int64_t *low, size_t count, int64_t *sumHigh, int64_t *sumLow,
    double *largest);
