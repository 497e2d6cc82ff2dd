#pragma once
#include <stddef.h>
#include <stdint.h>

/// torch.optim.SGD on one range, in place. d = g + decay * p; with momentum v = first ? d : momentum * v +
/// (1 - dampening) * d and d = nesterov ? d + momentum * v : v; p -= rate * d. `v` may be NULL without
/// momentum.
void tributary_sgd(
    float *p, const float *g, float *v, size_t count, float rate, float momentum, float dampening,
    float decay, int nesterov, int first);
enum { tributary_adamw_run = 256 };
struct tributary_adamw_settings {
  float keep, beta2, oneMinusBeta1, oneMinusBeta2, stepSize, rootDivisor, epsilon;
};
/// torch.optim.AdamW on one range, in place. p *= keep (1 - rate * decay); m += (g - m) * (1 - beta1);
/// v = v * beta2 + g * g * (1 - beta2); p -= stepSize * m / (sqrt(v) / rootDivisor + epsilon), where
/// stepSize = rate / (1 - beta1^t) and rootDivisor = sqrt(1 - beta2^t).
/// `awake` has a byte for each run of `tributary_adamw_run` elements: 0 while m and v are 0 there; a run
/// whose gradient is 0 too is only decayed.
void tributary_adamw(
    const struct tributary_adamw_settings *settings, float *p, const float *g, float *m, float *v,
    size_t count, uint8_t *awake);
/// The same on elements `first`..<`last` of a table of rows of `width`, `first` a multiple of the run: row r's
/// gradient is row `places[r]` of `sums`, or 0 where that is below 0. All pointers are to the whole.
void tributary_adamw_rows(
    const struct tributary_adamw_settings *settings, float *p, const float *sums,
    const int32_t *places, size_t width, float *m, float *v, size_t first, size_t last,
    uint8_t *awake);
