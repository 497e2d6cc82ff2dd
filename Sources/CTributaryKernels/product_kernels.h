// Products of positions' channels by filters. To be included where `each_block.h` compiles.

// `count` positions with their inner channels in `blocks` blocks `step` apart, by filters of `pair` vectors
// a row: y (+)= sums, + bias, between the bounds.
INLINE void NAME(product)(
    const float *x, size_t step, const float *filters, size_t blocks, int count, int pair,
    int accumulates, const float *bias, float low, float high, float *y, size_t stepY) {
  vec sum[ROWS][2];
  UNROLL for (int r = 0; r < count; r++) {
    UNROLL for (int v = 0; v < pair; v++)
      sum[r][v] = accumulates ? from(y + (size_t)v * stepY + (size_t)r * BLOCK) : (vec){0};
  }
  for (size_t b = 0; b < blocks; b++) {
    const float *values = x + b * step, *w = filters + b * BLOCK * (size_t)(pair * BLOCK);
#pragma clang loop unroll_count(2)
    for (size_t k = 0; k < BLOCK; k++) {
      vec row[2];
      UNROLL for (int v = 0; v < pair; v++)
        row[v] = from(w + (k * (size_t)pair + (size_t)v) * BLOCK);
      UNROLL for (int r = 0; r < count; r++) {
        vec value = splat(values[(size_t)r * BLOCK + k]);
        UNROLL for (int v = 0; v < pair; v++) sum[r][v] = fused(value, row[v], sum[r][v]);
      }
    }
  }
  UNROLL for (int v = 0; v < pair; v++) {
    vec shift = bias ? from(bias + v * BLOCK) : (vec){0};
    UNROLL for (int r = 0; r < count; r++) {
      float *target = y + (size_t)v * stepY + (size_t)r * BLOCK;
      at(target) = accumulates ? sum[r][v] : between(splat(low), splat(high), sum[r][v] + shift);
    }
  }
}

#define PRODUCT(n)                                                                           \
  case n:                                                                                    \
    if (pair == 2)                                                                           \
      NAME(product)(x, step, filters, blocks, n, 2, adds, bias, low, high, y, stepY); \
    else                                                                                     \
      NAME(product)(x, step, filters, blocks, n, 1, adds, bias, low, high, y, stepY); \
    break;

// Any number of positions, in groups that fill the registers about evenly.
#define PRODUCTS(name, isSum)                                                           \
  TARGET void NAME(name)(                                                                     \
      const float *x, size_t step, const float *filters, size_t blocks, size_t count, int pair, \
      const float *bias, float low, float high, float *y, size_t stepY) {                     \
    const int adds = isSum;                                                                   \
    size_t groups = (count + ROWS - 1) / ROWS;                                                \
    for (size_t group = 0; group < groups; group++) {                                         \
      size_t rows = count / groups + (group < count % groups);                                \
      switch (rows) { EACH_ROW_COUNT }                                                        \
      x += rows * BLOCK;                                                                      \
      y += rows * BLOCK;                                                                      \
    }                                                                                         \
  }

#if BLOCK == 16
#define EACH_ROW_COUNT                                                                          \
  PRODUCT(1) PRODUCT(2) PRODUCT(3) PRODUCT(4) PRODUCT(5) PRODUCT(6) PRODUCT(7) PRODUCT(8)       \
  PRODUCT(9) PRODUCT(10) PRODUCT(11) PRODUCT(12)
#else
#define EACH_ROW_COUNT PRODUCT(1) PRODUCT(2) PRODUCT(3) PRODUCT(4) PRODUCT(5) PRODUCT(6)
#endif

PRODUCTS(products, 0)
PRODUCTS(addProducts, 1)

#undef EACH_ROW_COUNT
#undef PRODUCTS
#undef PRODUCT
