#include "normalization.h"
#include "lanes.h"
#include "random.h"

INLINE double squaredDeviations(const float *x, float mean, size_t count) {
  double total = 0;
  size_t i = 0;
  while (count - i >= 16) {
    size_t end = i + ((count - i < 4096 ? count - i : 4096) & ~(size_t)15);
    lanes sum = {0};
    for (; i < end; i += 16) {
      lanes d = loadLanes(x + i) - mean;
      sum += d * d;
    }
    total += sumLanes(&sum);
  }
  for (; i < count; i++) total += (x[i] - mean) * (x[i] - mean);
  return total;
}

INLINE void normalizeRow(
    const float *x, const float *weight, const float *bias, size_t count, float epsilon, float *y,
    float *mean, float *inverse) {
  float m = (float)(sumOf(x, count) / (double)count);
  double variance = squaredDeviations(x, m, count) / (double)count;
  float s = (float)(1.0 / __builtin_sqrt(variance + epsilon));
  *mean = m;
  *inverse = s;
  for (size_t i = 0; i < count; i++) y[i] = (x[i] - m) * s * weight[i] + bias[i];
}

CLONES void tributary_layer_norm(
    const float *x, const float *weight, const float *bias, size_t rows, size_t count,
    float epsilon, float *y, float *means, float *inverses) {
  for (size_t r = 0; r < rows; r++)
    normalizeRow(
        x + r * count, weight, bias, count, epsilon, y + r * count, means + r, inverses + r);
}

INLINE void addKept(
    const float *x, const uint8_t *kept, float scale, const float *residual, size_t count,
    float *sum) {
  if (kept)
    for (size_t i = 0; i < count; i++) sum[i] = (kept[i] ? scale * x[i] : 0.0f) + residual[i];
  else
    for (size_t i = 0; i < count; i++) sum[i] = x[i] + residual[i];
}

CLONES void tributary_residual_norm(
    const float *x, const uint8_t *kept, float scale, const float *residual, const float *weight,
    const float *bias, size_t rows, size_t count, float epsilon, float *sum, float *y,
    float *means, float *inverses) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * count;
    addKept(x + at, kept ? kept + at : 0, scale, residual + at, count, sum + at);
    normalizeRow(
        sum + at, weight, bias, count, epsilon, y + at, means + r, inverses + r);
  }
}

CLONES static void inputGradient(
    const float *g, const float *x, const float *weight, float mean, float inverse, size_t count,
    float *dx) {
  lanes sums = {0}, products = {0};
  float sum = 0, product = 0;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    lanes scaled = loadLanes(g + i) * loadLanes(weight + i);
    sums += scaled;
    products += scaled * ((loadLanes(x + i) - mean) * inverse);
  }
  for (; i < count; i++) {
    sum += g[i] * weight[i];
    product += g[i] * weight[i] * ((x[i] - mean) * inverse);
  }
  float a = (sumLanes(&sums) + sum) / (float)count;
  float b = (sumLanes(&products) + product) / (float)count;
  for (i = 0; i < count; i++)
    dx[i] = inverse * (g[i] * weight[i] - a - (x[i] - mean) * inverse * b);
}

CLONES static void parameterGradients(
    const float *g, const float *x, float mean, float inverse, size_t count, float *dWeight,
    float *dBias) {
  for (size_t i = 0; i < count; i++) {
    dWeight[i] += g[i] * ((x[i] - mean) * inverse);
    dBias[i] += g[i];
  }
}

void tributary_layer_norm_backward(
    const float *g, const float *x, const float *weight, const float *means,
    const float *inverses, size_t rows, size_t count, float *dx, float *dWeight, float *dBias) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * count;
    if (dx) inputGradient(g + at, x + at, weight, means[r], inverses[r], count, dx + at);
    if (dWeight)
      parameterGradients(g + at, x + at, means[r], inverses[r], count, dWeight, dBias);
  }
}

void tributary_residual_norm_backward(
    const float *g, const float *sum, const uint8_t *kept, float scale, const float *weight,
    const float *means, const float *inverses, size_t rows, size_t count, float *dx,
    float *dResidual, float *dWeight, float *dBias) {
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * count;
    inputGradient(g + at, sum + at, weight, means[r], inverses[r], count, dResidual + at);
    if (kept) tributary_keep(dResidual + at, kept + at, count, scale, dx + at);
    if (dWeight)
      parameterGradients(g + at, sum + at, means[r], inverses[r], count, dWeight, dBias);
  }
}

INLINE float limited(float value, int relu) { return relu && value < 0.0f ? 0.0f : value; }

CLONES static void scalePlane(
    const float *x, float scale, float shift, size_t area, int relu, float *y) {
  for (size_t i = 0; i < area; i++) y[i] = limited(x[i] * scale + shift, relu);
}

CLONES static void scaleBlock(
    const float *x, const float *scale, const float *shift, size_t area, size_t block, int relu,
    float *y) {
  for (size_t i = 0; i < area; i++)
    for (size_t c = 0; c < block; c++)
      y[i * block + c] = limited(x[i * block + c] * scale[c] + shift[c], relu);
}

void tributary_scale_channels(
    const float *x, const float *scale, const float *shift, size_t first, size_t last,
    size_t groupsPerImage, size_t area, size_t block, int relu, float *y) {
  for (size_t g = first; g < last; g++) {
    size_t at = g * area * block, channel = g % groupsPerImage * block;
    if (block == 1)
      scalePlane(x + at, scale[channel], shift[channel], area, relu, y + at);
    else
      scaleBlock(x + at, scale + channel, shift + channel, area, block, relu, y + at);
  }
}
