// Pointwise convolutions for one block of channels. To be included where `each_block.h` compiles.
#include "channel_kernels.h"
#include "product_kernels.h"

// dw (+)= for COLUMNS inner channels the sums over positions of x times `pair` vectors of g.
#define COLUMNS (BLOCK / 2)
INLINE void NAME(correlation)(
    const float *x, const float *g, size_t stepG, size_t count, int pair, float *dw) {
  vec sum[COLUMNS][2];
  UNROLL for (int r = 0; r < COLUMNS; r++) {
    UNROLL for (int v = 0; v < pair; v++) sum[r][v] = from(dw + (r * pair + v) * BLOCK);
  }
  for (size_t i = 0; i < count; i++) {
    vec row[2];
    UNROLL for (int v = 0; v < pair; v++) row[v] = from(g + (size_t)v * stepG + i * BLOCK);
    UNROLL for (int r = 0; r < COLUMNS; r++) {
      vec value = splat(x[i * BLOCK + (size_t)r]);
      UNROLL for (int v = 0; v < pair; v++) sum[r][v] = fused(value, row[v], sum[r][v]);
    }
  }
  UNROLL for (int r = 0; r < COLUMNS; r++) {
    UNROLL for (int v = 0; v < pair; v++) at(dw + (r * pair + v) * BLOCK) = sum[r][v];
  }
}

TARGET void NAME(correlate)(
    const float *x, const float *g, size_t stepG, size_t count, size_t blocks, size_t inner,
    float *dw) {
  for (size_t n = 0; n < blocks; n += 2) {
    int pair = blocks - n < 2 ? 1 : 2;
    for (size_t k = 0; k < BLOCK; k += COLUMNS) {
      float *target = dw + n * BLOCK * inner + k * (size_t)(pair * BLOCK);
      if (pair == 2)
        NAME(correlation)(x + k, g + n * stepG, stepG, count, 2, target);
      else
        NAME(correlation)(x + k, g + n * stepG, stepG, count, 1, target);
    }
  }
}

TARGET void NAME(forward)(
    const tributary_pointwise *shape, const tributary_norm_map *map, const float *x,
    const float *filters, float *y, float *means, float *squares, float *scratch) {
  size_t area = shape->area, plane = area * BLOCK, inner = shape->inBlocks * BLOCK;
  size_t tiles = (area + tile - 1) / tile, start = 0;
  for (size_t t = 0; t < tiles; t++) {
    size_t count = area / tiles + (t < area % tiles), step = map ? count * BLOCK : plane;
    const float *source = x + start * BLOCK;
    if (map) {
      for (size_t b = 0; b < shape->inBlocks; b++)
        NAME(mapped)(source + b * plane, map, b * BLOCK, count, scratch + b * step);
      source = scratch;
    }
    for (size_t n = 0; n < shape->outBlocks; n += 2) {
      int pair = shape->outBlocks - n < 2 ? 1 : 2;
      float *target = y + n * plane + start * BLOCK;
      NAME(products)(
          source, step, filters + n * BLOCK * inner, shape->inBlocks, count, pair, NULL, -INFINITY,
          INFINITY, target, plane);
      for (size_t v = 0; means && v < (size_t)pair; v++)
        NAME(merge)(
            target + v * plane, count, start, means + (n + v) * BLOCK, squares + (n + v) * BLOCK);
    }
    start += count;
  }
}

TARGET void NAME(backward)(
    const tributary_pointwise *shape, const tributary_norm_moments_of *of, const float *x,
    const float *turned, const tributary_norm_slope *slope, const float *y, const float *g,
    float *dx, float *sums, float *products, float *dw, float *scratch) {
  size_t area = shape->area, plane = area * BLOCK;
  size_t inner = shape->inBlocks * BLOCK, outer = shape->outBlocks * BLOCK;
  size_t tiles = (area + tile - 1) / tile, start = 0;
  if (of) {
    memset(sums, 0, inner * sizeof(float));
    memset(products, 0, inner * sizeof(float));
  }
  float *mappedX = scratch, *gradient = scratch + 2 * tile * BLOCK;
  for (size_t t = 0; t < tiles; t++) {
    size_t count = area / tiles + (t < area % tiles), stepG = slope ? count * BLOCK : plane;
    const float *upstream = g + start * BLOCK;
    if (slope) {
      for (size_t b = 0; b < shape->outBlocks; b++)
        NAME(sloped)(
            upstream + b * plane, y + b * plane + start * BLOCK, slope, b * BLOCK, count,
            gradient + b * stepG);
      upstream = gradient;
    }
    for (size_t k = 0; k < shape->inBlocks; k += 2) {
      int pair = shape->inBlocks - k < 2 ? 1 : 2;
      float *target = dx ? dx + k * plane + start * BLOCK : NULL;
      if (dx)
        NAME(products)(
            upstream, stepG, turned + k * BLOCK * outer, shape->outBlocks, count, pair, NULL,
            -INFINITY, INFINITY, target, plane);
      for (size_t v = 0; v < (size_t)pair; v++) {
        size_t channel = (k + v) * BLOCK;
        const float *source = x + (k + v) * plane + start * BLOCK;
        if (of) {
          float *here = mappedX + v * tile * BLOCK;
          NAME(mapped)(source, &of->map, channel, count, here);
          if (dx)
            NAME(gate)(
                source, here, of, channel, count, target + v * plane, sums + channel,
                products + channel);
          source = here;
        }
        if (dw)
          for (size_t n = 0; n < shape->outBlocks; n += 2) {
            size_t width = (shape->outBlocks - n < 2 ? 1 : 2);
            NAME(correlate)(
                source, upstream + n * stepG, stepG, count, width, inner,
                dw + n * BLOCK * inner + channel * width * BLOCK);
          }
      }
    }
    start += count;
  }
}

TARGET void NAME(filters)(
    const float *w, size_t outputs, size_t inputs, int transposed, float *filters) {
  size_t innerCount = transposed ? outputs : inputs, outerCount = transposed ? inputs : outputs;
  size_t stepInner = transposed ? inputs : 1, stepOuter = transposed ? 1 : inputs;
  size_t inner = (innerCount + BLOCK - 1) / BLOCK * BLOCK;
  size_t outer = (outerCount + BLOCK - 1) / BLOCK * BLOCK;
  for (size_t n = 0; n < outer; n += 2 * BLOCK) {
    size_t width = outer - n < 2 * BLOCK ? BLOCK : 2 * BLOCK;
    for (size_t k = 0; k < inner; k++)
      for (size_t lane = 0; lane < width; lane++)
        *filters++ = k < innerCount && n + lane < outerCount
                         ? w[k * stepInner + (n + lane) * stepOuter]
                         : 0;
  }
}

TARGET void NAME(weights)(const float *filters, size_t outputs, size_t inputs, float *w) {
  size_t inner = (inputs + BLOCK - 1) / BLOCK * BLOCK;
  size_t outer = (outputs + BLOCK - 1) / BLOCK * BLOCK;
  for (size_t n = 0; n < outer; n += 2 * BLOCK) {
    size_t width = outer - n < 2 * BLOCK ? BLOCK : 2 * BLOCK;
    for (size_t k = 0; k < inner; k++, filters += width)
      for (size_t lane = 0; k < inputs && lane < width && n + lane < outputs; lane++)
        w[(n + lane) * inputs + k] = filters[lane];
  }
}
#undef COLUMNS
