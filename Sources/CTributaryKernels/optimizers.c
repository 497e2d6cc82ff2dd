#include "optimizers.h"
#include "mathematics.h"

CLONES static void sgd(float *p, const float *g, size_t count, float rate, float decay) {
  for (size_t i = 0; i < count; i++) p[i] -= rate * (g[i] + decay * p[i]);
}

CLONES static void momentumSGD(
    float *p, const float *g, float *v, size_t count, float rate, float momentum, float share,
    float decay, float lookahead, float straight) {
  for (size_t i = 0; i < count; i++) {
    float d = g[i] + decay * p[i];
    float velocity = momentum * v[i] + share * d;
    v[i] = velocity;
    p[i] -= rate * (straight * d + lookahead * velocity);
  }
}

CLONES static void firstMomentumSGD(
    float *p, const float *g, float *v, size_t count, float rate, float decay, float lookahead,
    float straight) {
  for (size_t i = 0; i < count; i++) {
    float d = g[i] + decay * p[i];
    v[i] = d;
    p[i] -= rate * (straight * d + lookahead * d);
  }
}

void tributary_sgd(
    float *p, const float *g, float *v, size_t count, float rate, float momentum, float dampening,
    float decay, int nesterov, int first) {
  float straight = nesterov ? 1.0f : 0.0f;
  float lookahead = nesterov ? momentum : 1.0f;
  if (!v)
    sgd(p, g, count, rate, decay);
  else if (first)
    firstMomentumSGD(p, g, v, count, rate, decay, lookahead, straight);
  else
    momentumSGD(
        p, g, v, count, rate, momentum, 1.0f - dampening, decay, lookahead, straight);
}

CLONES static int hasNonzero(const float *x, size_t count) {
  uint32_t bits = 0;
  for (size_t i = 0; i < count; i++) bits |= toBits(x[i]) & 0x7fffffffu;
  return bits != 0;
}

CLONES static void decayed(float *p, size_t count, float keep) {
  for (size_t i = 0; i < count; i++) p[i] *= keep;
}

CLONES static void adamw(
    float *p, const float *g, float *m, float *v, size_t count, float keep, float beta2,
    float oneMinusBeta1, float oneMinusBeta2, float stepSize, float rootDivisor, float epsilon) {
  for (size_t i = 0; i < count; i++) {
    float gradient = g[i];
    float first = m[i] + (gradient - m[i]) * oneMinusBeta1;
    float second = v[i] * beta2 + gradient * gradient * oneMinusBeta2;
    m[i] = first;
    v[i] = second;
    p[i] = p[i] * keep - stepSize * (first / (squareRoot(second) / rootDivisor + epsilon));
  }
}

void tributary_adamw(
    float *p, const float *g, float *m, float *v, size_t count, uint8_t *awake, float keep,
    float beta2, float oneMinusBeta1, float oneMinusBeta2, float stepSize, float rootDivisor,
    float epsilon) {
  for (size_t at = 0; at < count; at += tributary_adamw_run, awake++) {
    size_t width = count - at < tributary_adamw_run ? count - at : tributary_adamw_run;
    if (!*awake && !(*awake = (uint8_t)hasNonzero(g + at, width))) {
      // Both moments stay 0, so all that is left of the step is the decay: the same bits.
      if (keep != 1.0f) decayed(p + at, width, keep);
      continue;
    }
    adamw(
        p + at, g + at, m + at, v + at, width, keep, beta2, oneMinusBeta1, oneMinusBeta2, stepSize,
        rootDivisor, epsilon);
  }
}
