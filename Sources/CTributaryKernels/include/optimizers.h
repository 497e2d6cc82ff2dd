#pragma once
#include <stddef.h>
#include <stdint.h>

/// torch.optim.SGD on one range, in place. d = g + decay * p; with momentum v = first ? d : momentum * v +
/// (1 - dampening) * d and d = nesterov ? d + momentum * v : v; p -= rate * d. `v` may be NULL without
/// momentum.
void tributary_sgd(
    float *p, const float *g, float *v, size_t count, float rate, float momentum, float dampening,
    float decay, int nesterov, int first);
/// torch.optim.AdamW on one range, in place. p *= keep (1 - rate * decay); m += (g - m) * (1 - beta1);
/// v = v * beta2 + g * g * (1 - beta2); p -= stepSize * m / (sqrt(v) / rootDivisor + epsilon), where
/// stepSize = rate / (1 - beta1^t) and rootDivisor = sqrt(1 - beta2^t).
/// `awake` has a byte for each run of `tributary_adamw_run` elements: 0 while m and v are 0 there; a run
/// whose gradient is 0 too is only decayed.
void tributary_adamw(
    float *p, const float *g, float *m, float *v, size_t count, uint8_t *awake, float keep,
    float beta2, float oneMinusBeta1, float oneMinusBeta2, float stepSize, float rootDivisor,
    float epsilon);
enum { tributary_adamw_run = 256 };
