#include "batch_norm.h"
#include "lanes.h"

enum { tile = 16, run = 64 };

// The sum over `area` rows of up to 16 neighbouring values, `term` each, in runs of 64 for the error's sake.
#define SUM_ROWS(target, term)                                      \
  for (size_t start = 0; start < area; start += run) {              \
    size_t end = area - start < run ? area : start + run;           \
    float part[tile] = {0};                                         \
    for (size_t i = start; i < end; i++)                            \
      for (size_t c = 0; c < width; c++) {                          \
        size_t at = i * stride + c;                                 \
        part[c] += term;                                            \
      }                                                             \
    for (size_t c = 0; c < width; c++) target[c] += part[c];        \
  }

INLINE void momentsOfTile(
    const float *x, size_t area, size_t stride, size_t width, float *means, float *squares) {
  float total[tile] = {0}, square[tile] = {0}, mean[tile];
  SUM_ROWS(total, x[at])
  for (size_t c = 0; c < width; c++) mean[c] = total[c] / (float)area;
  SUM_ROWS(square, (x[at] - mean[c]) * (x[at] - mean[c]))
  for (size_t c = 0; c < width; c++) {
    means[c] = mean[c];
    squares[c] = square[c];
  }
}

CLONES void tributary_group_moments(
    const float *x, size_t first, size_t last, size_t area, size_t block, float *means,
    float *squares) {
  for (size_t g = first; g < last; g++) {
    const float *group = x + g * area * block;
    if (block == 1) {
      float mean = (float)(sumOf(group, area) / (double)area);
      float deviation[256];
      double square = 0;
      for (size_t i = 0; i < area; i += 256) {
        size_t width = area - i < 256 ? area - i : 256;
        for (size_t k = 0; k < width; k++) deviation[k] = group[i + k] - mean;
        square += dotOf(deviation, deviation, width);
      }
      means[g] = mean;
      squares[g] = (float)square;
      continue;
    }
    for (size_t c = 0; c < block; c += tile) {
      float *m = means + g * block + c, *s = squares + g * block + c;
      if (block - c >= tile)
        momentsOfTile(group + c, area, block, tile, m, s);
      else
        momentsOfTile(group + c, area, block, block - c, m, s);
    }
  }
}

void tributary_combine_moments(
    const float *means, const float *squares, size_t images, size_t channels, size_t area,
    float *mean, float *variance) {
  for (size_t c = 0; c < channels; c++) {
    double total = 0, square = 0;
    for (size_t n = 0; n < images; n++) total += means[n * channels + c];
    double centre = total / (double)images;
    for (size_t n = 0; n < images; n++) {
      double shift = means[n * channels + c] - centre;
      square += squares[n * channels + c] + (double)area * shift * shift;
    }
    mean[c] = (float)centre;
    variance[c] = (float)(square / ((double)images * (double)area));
  }
}

INLINE float gate(float g, float x, float scale, float shift, int relu) {
  return !relu || x * scale + shift > 0.0f ? g : 0.0f;
}

INLINE void sumsOfTile(
    const float *g, const float *x, const float *mean, const float *inverse, const float *scale,
    const float *shift, int relu, size_t area, size_t stride, size_t width, float *sums,
    float *products) {
  float sum[tile] = {0}, product[tile] = {0};
  for (size_t start = 0; start < area; start += run) {
    size_t end = area - start < run ? area : start + run;
    float s[tile] = {0}, p[tile] = {0};
    for (size_t i = start; i < end; i++)
      for (size_t c = 0; c < width; c++) {
        size_t at = i * stride + c;
        float gated = gate(g[at], x[at], scale[c], shift[c], relu);
        s[c] += gated;
        p[c] += gated * ((x[at] - mean[c]) * inverse[c]);
      }
    for (size_t c = 0; c < width; c++) {
      sum[c] += s[c];
      product[c] += p[c];
    }
  }
  for (size_t c = 0; c < width; c++) {
    sums[c] = sum[c];
    products[c] = product[c];
  }
}

// A row-major plane as rows of 16 values of one channel, and a rest.
INLINE void sumsOfPlane(
    const float *g, const float *x, float mean, float inverse, float scale, float shift, int relu,
    size_t area, float *sum, float *product) {
  float m[tile], v[tile], a[tile], b[tile], s[tile], p[tile];
  for (int c = 0; c < tile; c++) {
    m[c] = mean;
    v[c] = inverse;
    a[c] = scale;
    b[c] = shift;
  }
  size_t rows = area / tile;
  sumsOfTile(g, x, m, v, a, b, relu, rows, tile, tile, s, p);
  double total = 0, weighted = 0;
  for (int c = 0; c < tile; c++) {
    total += s[c];
    weighted += p[c];
  }
  for (size_t i = rows * tile; i < area; i++) {
    float gated = gate(g[i], x[i], scale, shift, relu);
    total += gated;
    weighted += gated * ((x[i] - mean) * inverse);
  }
  *sum = (float)total;
  *product = (float)weighted;
}

CLONES void tributary_batch_norm_sums(
    const float *g, const float *x, const float *mean, const float *inverse, const float *scale,
    const float *shift, int relu, size_t first, size_t last, size_t groupsPerImage, size_t area,
    size_t block, float *sums, float *products) {
  for (size_t n = first; n < last; n++) {
    size_t at = n * area * block, channel = n % groupsPerImage * block;
    if (block == 1) {
      sumsOfPlane(
          g + at, x + at, mean[channel], inverse[channel], scale[channel], shift[channel], relu,
          area, sums + n, products + n);
      continue;
    }
    for (size_t c = 0; c < block; c += tile) {
      size_t k = channel + c, o = n * block + c;
      if (block - c >= tile)
        sumsOfTile(
            g + at + c, x + at + c, mean + k, inverse + k, scale + k, shift + k, relu, area, block,
            tile, sums + o, products + o);
      else
        sumsOfTile(
            g + at + c, x + at + c, mean + k, inverse + k, scale + k, shift + k, relu, area, block,
            block - c, sums + o, products + o);
    }
  }
}

CLONES void tributary_batch_norm_input(
    const float *g, const float *x, const float *scale, const float *shift, const float *slope,
    const float *offset, int relu, size_t first, size_t last, size_t groupsPerImage, size_t area,
    size_t block, float *dx) {
  for (size_t n = first; n < last; n++) {
    size_t base = n * area * block, k = n % groupsPerImage * block;
    if (block == 1) {
      for (size_t i = base; i < base + area; i++)
        dx[i] = gate(g[i], x[i], scale[k], shift[k], relu) * scale[k] + x[i] * slope[k] + offset[k];
    } else {
      for (size_t i = 0; i < area; i++)
        for (size_t c = 0; c < block; c++) {
          size_t at = base + i * block + c;
          dx[at] = gate(g[at], x[at], scale[k + c], shift[k + c], relu) * scale[k + c] +
                   x[at] * slope[k + c] + offset[k + c];
        }
    }
  }
}
