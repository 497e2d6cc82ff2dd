#include "normalization.h"
#include "lanes.h"

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

CLONES void tributary_layer_norm(
    const float *x, const float *weight, const float *bias, size_t rows, size_t count,
    float epsilon, float *y, float *means, float *inverses) {
  for (size_t r = 0; r < rows; r++, x += count, y += count) {
    float mean = (float)(sumOf(x, count) / (double)count);
    double variance = squaredDeviations(x, mean, count) / (double)count;
    float inverse = (float)(1.0 / __builtin_sqrt(variance + epsilon));
    means[r] = mean;
    inverses[r] = inverse;
    for (size_t i = 0; i < count; i++) y[i] = (x[i] - mean) * inverse * weight[i] + bias[i];
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
