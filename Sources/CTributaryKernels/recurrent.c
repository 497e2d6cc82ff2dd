#include "recurrent.h"
#include "mathematics.h"

INLINE int isOver(const int32_t *lengths, size_t row, int32_t time) {
  return lengths && time >= lengths[row];
}

// Zeros in `count` units of every gate.
INLINE void clearGates(float *gates, size_t number, size_t units, size_t count) {
  for (size_t g = 0; g < number; g++) memset(gates + g * units, 0, 4 * count);
}

INLINE void addTo(float *past, const float *fromNext, size_t count) {
  for (size_t k = 0; k < count; k++) past[k] += fromNext[k];
}

CLONES static void lstmRow(
    float *restrict gates, const float *restrict u, const float *restrict before, size_t units,
    size_t count, float *restrict cell, float *restrict hidden, float *restrict output) {
  float *i = gates, *f = i + units, *g = f + units, *o = g + units;
#pragma clang loop vectorize(assume_safety)
  for (size_t k = 0; k < count; k++) {
    float in = sigmoid(i[k] + u[k]);
    float keep = sigmoid(f[k] + u[units + k]);
    float fresh = hyperbolicTangent(g[k] + u[2 * units + k]);
    float out = sigmoid(o[k] + u[3 * units + k]);
    float c = keep * before[k] + in * fresh;
    float h = out * hyperbolicTangent(c);
    i[k] = in;
    f[k] = keep;
    g[k] = fresh;
    o[k] = out;
    cell[k] = c;
    hidden[k] = h;
    output[k] = h;
  }
}

void tributary_lstm(
    float *gates, const float *recurrent, const float *cellBefore, const float *hiddenBefore,
    const int32_t *lengths, int32_t time, size_t rows, size_t units, size_t count,
    float *cell, float *hidden, float *output) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * units;
    if (isOver(lengths, r, time)) {
      clearGates(gates + 4 * at, 4, units, count);
      memcpy(cell + at, cellBefore + at, 4 * count);
      memcpy(hidden + at, hiddenBefore + at, 4 * count);
      memset(output + at, 0, 4 * count);
    } else {
      lstmRow(
          gates + 4 * at, recurrent + 4 * at, cellBefore + at, units, count,
          cell + at, hidden + at, output + at);
    }
  }
}

CLONES static void lstmRowBackward(
    const float *restrict gates, const float *restrict cell, const float *restrict before,
    const float *restrict dOutput, const float *restrict fromNext, size_t units,
    size_t count, float *restrict past, float *restrict dCell, float *restrict dGates) {
  const float *i = gates, *f = i + units, *g = f + units, *o = g + units;
#pragma clang loop vectorize(assume_safety)
  for (size_t k = 0; k < count; k++) {
    float dh = fromNext[k] + past[k] + dOutput[k];
    float t = hyperbolicTangent(cell[k]);
    float dc = dCell[k] + dh * o[k] * (1.0f - t * t);
    dGates[k] = dc * g[k] * i[k] * (1.0f - i[k]);
    dGates[units + k] = dc * before[k] * f[k] * (1.0f - f[k]);
    dGates[2 * units + k] = dc * i[k] * (1.0f - g[k] * g[k]);
    dGates[3 * units + k] = dh * t * o[k] * (1.0f - o[k]);
    dCell[k] = dc * f[k];
    past[k] = 0;
  }
}

void tributary_lstm_backward(
    const float *gates, const float *cell, const float *cellBefore, const float *dOutput,
    const float *fromNext, const int32_t *lengths, int32_t time, size_t rows, size_t units,
    size_t count, float *past, float *dCell, float *dGates) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * units;
    if (isOver(lengths, r, time)) {
      addTo(past + at, fromNext + at, count);
      clearGates(dGates + 4 * at, 4, units, count);
    } else {
      lstmRowBackward(
          gates + 4 * at, cell + at, cellBefore + at, dOutput + at, fromNext + at, units,
          count, past + at, dCell + at, dGates + 4 * at);
    }
  }
}

CLONES static void gruRow(
    float *restrict gates, const float *restrict recurrent, const float *restrict bias,
    const float *restrict before, size_t units, size_t count, float *restrict candidate,
    float *restrict hidden, float *restrict output) {
  float *r = gates, *z = r + units, *n = z + units;
#pragma clang loop vectorize(assume_safety)
  for (size_t k = 0; k < count; k++) {
    float u = recurrent[2 * units + k] + bias[2 * units + k];
    float reset = sigmoid(r[k] + recurrent[k] + bias[k]);
    float update = sigmoid(z[k] + recurrent[units + k] + bias[units + k]);
    float fresh = hyperbolicTangent(n[k] + reset * u);
    float h = (1.0f - update) * fresh + update * before[k];
    r[k] = reset;
    z[k] = update;
    n[k] = fresh;
    candidate[k] = u;
    hidden[k] = h;
    output[k] = h;
  }
}

void tributary_gru(
    float *gates, const float *recurrent, const float *bias, const float *hiddenBefore,
    const int32_t *lengths, int32_t time, size_t rows, size_t units, size_t count,
    float *candidate, float *hidden, float *output) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * units;
    if (isOver(lengths, r, time)) {
      clearGates(gates + 3 * at, 3, units, count);
      memset(candidate + at, 0, 4 * count);
      memcpy(hidden + at, hiddenBefore + at, 4 * count);
      memset(output + at, 0, 4 * count);
    } else {
      gruRow(
          gates + 3 * at, recurrent + 3 * at, bias, hiddenBefore + at, units, count,
          candidate + at, hidden + at, output + at);
    }
  }
}

CLONES static void gruRowBackward(
    const float *restrict gates, const float *restrict candidate, const float *restrict before,
    const float *restrict dOutput, const float *restrict fromNext, size_t units,
    size_t count, float *restrict past, float *restrict dGates, float *restrict dRecurrent) {
  const float *r = gates, *z = r + units, *n = z + units;
#pragma clang loop vectorize(assume_safety)
  for (size_t k = 0; k < count; k++) {
    float dh = fromNext[k] + past[k] + dOutput[k];
    float dn = dh * (1.0f - z[k]) * (1.0f - n[k] * n[k]);
    float dz = dh * (before[k] - n[k]) * z[k] * (1.0f - z[k]);
    float dr = dn * candidate[k] * r[k] * (1.0f - r[k]);
    dGates[k] = dr;
    dGates[units + k] = dz;
    dGates[2 * units + k] = dn;
    dRecurrent[k] = dr;
    dRecurrent[units + k] = dz;
    dRecurrent[2 * units + k] = dn * r[k];
    past[k] = dh * z[k];
  }
}

void tributary_gru_backward(
    const float *gates, const float *candidate, const float *hiddenBefore, const float *dOutput,
    const float *fromNext, const int32_t *lengths, int32_t time, size_t rows, size_t units,
    size_t count, float *past, float *dGates, float *dRecurrent) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * units;
    if (isOver(lengths, r, time)) {
      addTo(past + at, fromNext + at, count);
      clearGates(dGates + 3 * at, 3, units, count);
      clearGates(dRecurrent + 3 * at, 3, units, count);
    } else {
      gruRowBackward(
          gates + 3 * at, candidate + at, hiddenBefore + at, dOutput + at, fromNext + at, units,
          count, past + at, dGates + 3 * at, dRecurrent + 3 * at);
    }
  }
}
