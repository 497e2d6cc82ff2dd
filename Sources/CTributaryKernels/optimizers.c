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
    const struct tributary_adamw_settings *s, float *p, const float *g, float *m, float *v,
    size_t count) {
  float keep = s->keep, beta2 = s->beta2, stepSize = s->stepSize, epsilon = s->epsilon;
  float oneMinusBeta1 = s->oneMinusBeta1, oneMinusBeta2 = s->oneMinusBeta2;
  float rootDivisor = s->rootDivisor;
  for (size_t i = 0; i < count; i++) {
    float gradient = g[i];
    float first = m[i] + (gradient - m[i]) * oneMinusBeta1;
    float second = v[i] * beta2 + gradient * gradient * oneMinusBeta2;
    m[i] = first;
    v[i] = second;
    p[i] = p[i] * keep - stepSize * (first / (squareRoot(second) / rootDivisor + epsilon));
  }
}

// `g` is NULL where the run's gradient is known to be 0.
static void adamwRun(
    const struct tributary_adamw_settings *s, float *p, const float *g, float *m, float *v,
    size_t count, uint8_t *awake) {
  static const float zeros[tributary_adamw_run];
  if (*awake || (g && (*awake = (uint8_t)hasNonzero(g, count))))
    adamw(s, p, g ? g : zeros, m, v, count);
  else if (s->keep != 1.0f)
    // Both moments stay 0, so all that is left of the step is the decay: the same bits.
    decayed(p, count, s->keep);
}

void tributary_adamw(
    const struct tributary_adamw_settings *settings, float *p, const float *g, float *m, float *v,
    size_t count, uint8_t *awake) {
  for (size_t at = 0; at < count; at += tributary_adamw_run, awake++) {
    size_t width = count - at < tributary_adamw_run ? count - at : tributary_adamw_run;
    adamwRun(settings, p + at, g + at, m + at, v + at, width, awake);
  }
}

// The gradient of `count` elements from `at` on, gathered from the rows they lie in; 0 where all of it is 0.
static int gatherRun(
    const float *sums, const int32_t *places, size_t width, size_t at, size_t count, float *run) {
  int found = 0;
  for (size_t done = 0; done < count;) {
    size_t column = (at + done) % width;
    size_t part = width - column < count - done ? width - column : count - done;
    int32_t place = places[(at + done) / width];
    if (place >= 0)
      memcpy(run + done, sums + (size_t)place * width + column, 4 * part);
    else
      memset(run + done, 0, 4 * part);
    found |= place >= 0;
    done += part;
  }
  return found;
}

void tributary_adamw_rows(
    const struct tributary_adamw_settings *settings, float *p, const float *sums,
    const int32_t *places, size_t width, float *m, float *v, size_t first, size_t last,
    uint8_t *awake) {
  float run[tributary_adamw_run];
  for (size_t at = first; at < last; at += tributary_adamw_run) {
    size_t count = last - at < tributary_adamw_run ? last - at : tributary_adamw_run;
    int found = gatherRun(sums, places, width, at, count, run);
    adamwRun(
        settings, p + at, found ? run : 0, m + at, v + at, count, awake + at / tributary_adamw_run);
  }
}
