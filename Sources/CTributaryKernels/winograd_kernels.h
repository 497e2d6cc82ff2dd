// The kernels for one block of channels. To be included where `each_block.h` compiles.

// Inner channels of a correlation that share registers.
#define COLUMNS (BLOCK / 2)

// One dimension of the transforms, from n values `s` apart to m values `t` apart. The points are
// 0, +-a, +-b and infinity.
INLINE void NAME(patch)(const vec *x, int s, vec *y, int t) {
  vec even = fused(splat(-b2), x[2 * s], x[4 * s]), odd = fused(splat(-b2), x[s], x[3 * s]);
  y[t] = fused(splat(a1), odd, even);
  y[2 * t] = fused(splat(-a1), odd, even);
  even = fused(splat(-a2), x[2 * s], x[4 * s]);
  odd = fused(splat(-a2), x[s], x[3 * s]);
  y[3 * t] = fused(splat(b1), odd, even);
  y[4 * t] = fused(splat(-b1), odd, even);
  y[0] = fused(splat(a2 * b2), x[0], fused(splat(-a2 - b2), x[2 * s], x[4 * s]));
  y[5 * t] = fused(splat(a2 * b2), x[s], fused(splat(-a2 - b2), x[3 * s], x[5 * s]));
}

// `side` values of an output tile.
INLINE void NAME(tile)(const vec *m, int s, vec *y, int t, int side) {
  vec sumA = m[s] + m[2 * s], sumB = m[3 * s] + m[4 * s];
  vec differenceA = m[s] - m[2 * s], differenceB = m[3 * s] - m[4 * s];
  y[0] = m[0] + sumA + sumB;
  if (side == 2) {
    y[t] = fused(splat(a1), differenceA, fused(splat(b1), differenceB, m[5 * s]));
    return;
  }
  y[t] = fused(splat(a1), differenceA, differenceB * splat(b1));
  y[2 * t] = fused(splat(a2), sumA, sumB * splat(b2));
  y[3 * t] = fused(splat(a1 * a2), differenceA, fused(splat(b1 * b2), differenceB, m[5 * s]));
}

INLINE void NAME(spread)(const vec *g, int s, vec *y, int t, int side) {
  int wide = side == 4;
  vec even = wide ? fused(splat(a2), g[2 * s], g[0]) : g[0], odd = g[s] * splat(a1);
  if (wide) odd = fused(splat(a1 * a2), g[3 * s], odd);
  y[t] = even + odd;
  y[2 * t] = even - odd;
  even = wide ? fused(splat(b2), g[2 * s], g[0]) : g[0];
  odd = g[s] * splat(b1);
  if (wide) odd = fused(splat(b1 * b2), g[3 * s], odd);
  y[3 * t] = even + odd;
  y[4 * t] = even - odd;
  y[0] = g[0];
  y[5 * t] = g[(side - 1) * s];
}

INLINE void NAME(filter)(const vec *g, int s, vec *u, int t, int kernel) {
  int wide = kernel == 5;
  vec even = fused(splat(a2), g[2 * s], g[0]) * splat(1 / na), odd = g[s] * splat(a1 / na);
  if (wide) {
    even = fused(splat(a2 * a2 / na), g[4 * s], even);
    odd = fused(splat(a1 * a2 / na), g[3 * s], odd);
  }
  u[t] = even + odd;
  u[2 * t] = even - odd;
  even = fused(splat(b2), g[2 * s], g[0]) * splat(1 / nb);
  odd = g[s] * splat(b1 / nb);
  if (wide) {
    even = fused(splat(b2 * b2 / nb), g[4 * s], even);
    odd = fused(splat(b1 * b2 / nb), g[3 * s], odd);
  }
  u[3 * t] = even + odd;
  u[4 * t] = even - odd;
  u[0] = g[0] * splat(1 / (a2 * b2));
  u[5 * t] = g[(kernel - 1) * s];
}

INLINE void NAME(unfilter)(const vec *u, int s, vec *g, int t, int kernel) {
  vec sumA = u[s] + u[2 * s], sumB = u[3 * s] + u[4 * s];
  vec differenceA = u[s] - u[2 * s], differenceB = u[3 * s] - u[4 * s];
  g[0] = fused(
      splat(1 / (a2 * b2)), u[0], fused(splat(1 / na), sumA, sumB * splat(1 / nb)));
  g[t] = fused(splat(a1 / na), differenceA, differenceB * splat(b1 / nb));
  if (kernel == 5) {
    g[2 * t] = fused(splat(a2 / na), sumA, sumB * splat(b2 / nb));
    g[3 * t] = fused(splat(a1 * a2 / na), differenceA, differenceB * splat(b1 * b2 / nb));
    g[4 * t] = fused(splat(a2 * a2 / na), sumA, fused(splat(b2 * b2 / nb), sumB, u[5 * s]));
  } else {
    g[2 * t] = fused(splat(a2 / na), sumA, fused(splat(b2 / nb), sumB, u[5 * s]));
  }
}

TARGET void NAME(input)(
    const tributary_winograd *shape, const float *x, size_t start, size_t first, size_t last,
    size_t rows, float *panel) {
  size_t side = shape->tile, across = tilesOf(shape->outWidth, side);
  size_t down = tilesOf(shape->outHeight, side);
  size_t area = shape->height * shape->width, channels = shape->inBlocks * BLOCK;
  size_t stride = tributary_winograd_stride(rows, channels);
  for (size_t c = 0; c < shape->inBlocks; c++) {
    place here = placeOf(first, down, across);
    for (size_t tile = first; tile < last; tile++, advance(&here, down, across)) {
      ptrdiff_t top = (ptrdiff_t)(here.down * side) - (ptrdiff_t)shape->paddingTop;
      ptrdiff_t left = (ptrdiff_t)(here.across * side) - (ptrdiff_t)shape->paddingLeft;
      ptrdiff_t height = (ptrdiff_t)shape->height, width = (ptrdiff_t)shape->width;
      const float *corner = x + (here.image * shape->inBlocks + c) * area * BLOCK +
                            (top * width + left) * (ptrdiff_t)BLOCK;
      vec d[36], half[36], out[36];
      if (top >= 0 && left >= 0 && top + 6 <= height && left + 6 <= width) {
        UNROLL for (ptrdiff_t i = 0; i < 6; i++) {
          UNROLL for (ptrdiff_t j = 0; j < 6; j++)
            d[i * 6 + j] = from(corner + (i * width + j) * (ptrdiff_t)BLOCK);
        }
      } else {
        UNROLL for (ptrdiff_t i = 0; i < 6; i++) {
          int inside = top + i >= 0 && top + i < height;
          UNROLL for (ptrdiff_t j = 0; j < 6; j++)
            d[i * 6 + j] = inside && left + j >= 0 && left + j < width
                               ? from(corner + (i * width + j) * (ptrdiff_t)BLOCK)
                               : (vec){0};
        }
      }
      UNROLL for (int j = 0; j < 6; j++) NAME(patch)(d + j, 6, half + j, 6);
      UNROLL for (int i = 0; i < 6; i++) NAME(patch)(half + i * 6, 1, out + i * 6, 1);
      float *target = panel + (tile - start) * channels + c * BLOCK;
      UNROLL for (size_t p = 0; p < 36; p++) at(target + p * stride) = out[p];
    }
  }
}

INLINE void NAME(gradientOf)(
    const tributary_winograd *shape, const float *g, size_t start, size_t first, size_t last,
    size_t rows, float *panel, size_t side) {
  size_t across = tilesOf(shape->outWidth, side), down = tilesOf(shape->outHeight, side);
  size_t area = shape->outHeight * shape->outWidth, channels = shape->outBlocks * BLOCK;
  size_t stride = tributary_winograd_stride(rows, channels);
  for (size_t c = 0; c < shape->outBlocks; c++) {
    place here = placeOf(first, down, across);
    for (size_t tile = first; tile < last; tile++, advance(&here, down, across)) {
      size_t top = here.down * side, left = here.across * side, width = shape->outWidth;
      const float *corner = g + (here.image * shape->outBlocks + c) * area * BLOCK +
                            (top * width + left) * BLOCK;
      vec d[16], half[24], out[36];
      if (top + side <= shape->outHeight && left + side <= width) {
        UNROLL for (size_t i = 0; i < side; i++) {
          UNROLL for (size_t j = 0; j < side; j++)
            d[i * side + j] = from(corner + (i * width + j) * BLOCK);
        }
      } else {
        UNROLL for (size_t i = 0; i < side; i++) {
          UNROLL for (size_t j = 0; j < side; j++)
            d[i * side + j] = top + i < shape->outHeight && left + j < width
                               ? from(corner + (i * width + j) * BLOCK)
                               : (vec){0};
        }
      }
      int n = (int)side;
      UNROLL for (int j = 0; j < n; j++) NAME(spread)(d + j, n, half + j, n, n);
      UNROLL for (int i = 0; i < 6; i++) NAME(spread)(half + i * n, 1, out + i * 6, 1, n);
      float *target = panel + (tile - start) * channels + c * BLOCK;
      UNROLL for (size_t p = 0; p < 36; p++) at(target + p * stride) = out[p];
    }
  }
}

TARGET void NAME(gradient)(
    const tributary_winograd *shape, const float *g, size_t start, size_t first, size_t last,
    size_t rows, float *panel) {
  if (shape->tile == 4)
    NAME(gradientOf)(shape, g, start, first, last, rows, panel, 4);
  else
    NAME(gradientOf)(shape, g, start, first, last, rows, panel, 2);
}

INLINE void NAME(outputOf)(
    const tributary_winograd *shape, const float *products, size_t start, size_t first, size_t last,
    size_t rows, const float *bias, const float *residual, float low, float high, float *y,
    size_t side) {
  size_t across = tilesOf(shape->outWidth, side), down = tilesOf(shape->outHeight, side);
  size_t area = shape->outHeight * shape->outWidth, channels = shape->outBlocks * BLOCK;
  size_t stride = tributary_winograd_stride(rows, channels);
  for (size_t c = 0; c < shape->outBlocks; c++) {
    vec shift = bias ? from(bias + c * BLOCK) : (vec){0};
    place here = placeOf(first, down, across);
    for (size_t tile = first; tile < last; tile++, advance(&here, down, across)) {
      size_t top = here.down * side, left = here.across * side, width = shape->outWidth;
      const float *source = products + (tile - start) * channels + c * BLOCK;
      vec m[36], half[24], out[16];
      UNROLL for (size_t p = 0; p < 36; p++) m[p] = from(source + p * stride);
      int n = (int)side;
      UNROLL for (int j = 0; j < 6; j++) NAME(tile)(m + j, 6, half + j, 6, n);
      UNROLL for (int i = 0; i < n; i++) NAME(tile)(half + i * 6, 1, out + i * n, 1, n);
      size_t corner =
          ((here.image * shape->outBlocks + c) * area + top * width + left) * BLOCK;
      UNROLL for (size_t i = 0; i < side; i++) {
        UNROLL for (size_t j = 0; j < side; j++) {
          if (top + i >= shape->outHeight || left + j >= width) continue;
          size_t position = corner + (i * width + j) * BLOCK;
          vec value = out[i * side + j] + shift;
          if (residual) value += from(residual + position);
          at(y + position) = smaller(splat(high), larger(splat(low), value));
        }
      }
    }
  }
}

TARGET void NAME(output)(
    const tributary_winograd *shape, const float *products, size_t start, size_t first, size_t last,
    size_t rows, const float *bias, const float *residual, float low, float high, float *y) {
  if (shape->tile == 4)
    NAME(outputOf)(shape, products, start, first, last, rows, bias, residual, low, high, y, 4);
  else
    NAME(outputOf)(shape, products, start, first, last, rows, bias, residual, low, high, y, 2);
}

// `count` rows of `a` (`inner` apart) by filters of `pair` vectors a row, into rows `outer` apart.
INLINE void NAME(product)(
    const float *a, const float *filters, size_t inner, size_t outer, int count, int pair,
    float *y) {
  vec sum[ROWS * 2][2];
  UNROLL for (int r = 0; r < count; r++) {
    UNROLL for (int v = 0; v < pair; v++) sum[r][v] = (vec){0};
  }
  for (size_t k = 0; k < inner; k += 2) {
    vec w[4];
    UNROLL for (int v = 0; v < 2 * pair; v++) w[v] = from(filters + (k * (size_t)pair + (size_t)v) * BLOCK);
    UNROLL for (int r = 0; r < count; r++) {
      vec value = splat(a[(size_t)r * inner + k]), next = splat(a[(size_t)r * inner + k + 1]);
      UNROLL for (int v = 0; v < pair; v++) sum[r][v] = fused(value, w[v], sum[r][v]);
      UNROLL for (int v = 0; v < pair; v++) sum[r][v] = fused(next, w[pair + v], sum[r][v]);
    }
  }
  UNROLL for (int r = 0; r < count; r++) {
    UNROLL for (int v = 0; v < pair; v++) at(y + (size_t)r * outer + (size_t)v * BLOCK) = sum[r][v];
  }
}

TARGET void NAME(products)(
    const tributary_winograd *shape, const float *panel, const float *filters, size_t rows,
    size_t first, size_t last, float *products) {
  size_t inner = shape->inBlocks * BLOCK, outer = shape->outBlocks * BLOCK;
  size_t strideIn = tributary_winograd_stride(rows, inner);
  size_t strideOut = tributary_winograd_stride(rows, outer);
  for (size_t p = first; p < last; p++) {
    const float *a = panel + p * strideIn, *w = filters + p * tributary_winograd_stride(inner, outer);
    float *y = products + p * strideOut;
    size_t n = 0;
    for (; n + 2 * BLOCK <= outer; n += 2 * BLOCK)
      for (size_t row = 0; row < rows; row += ROWS)
        NAME(product)(a + row * inner, w + n * inner, inner, outer, ROWS, 2, y + row * outer + n);
    if (n < outer)
      for (size_t row = 0; row < rows; row += 12)
        NAME(product)(a + row * inner, w + n * inner, inner, outer, 12, 1, y + row * outer + n);
  }
}

// sums[k][n] for `count` neighbouring k and `pair` vectors of n, over all tiles.
INLINE void NAME(correlation)(
    const float *a, const float *g, size_t inner, size_t outer, size_t tiles, int count, int pair,
    int isFirst, float *sums) {
  vec sum[COLUMNS][2];
  UNROLL for (int r = 0; r < count; r++) {
    UNROLL for (int v = 0; v < pair; v++) {
      sum[r][v] = isFirst ? (vec){0} : from(sums + (size_t)(r * pair + v) * BLOCK);
    }
  }
  for (size_t t = 0; t < tiles; t++) {
    vec w[2];
    UNROLL for (int v = 0; v < pair; v++) w[v] = from(g + t * outer + (size_t)v * BLOCK);
    UNROLL for (int r = 0; r < count; r++) {
      vec value = splat(a[t * inner + (size_t)r]);
      UNROLL for (int v = 0; v < pair; v++) sum[r][v] = fused(value, w[v], sum[r][v]);
    }
  }
  UNROLL for (int r = 0; r < count; r++) {
    UNROLL for (int v = 0; v < pair; v++) at(sums + (size_t)(r * pair + v) * BLOCK) = sum[r][v];
  }
}

TARGET void NAME(correlate)(
    const tributary_winograd *shape, const float *panel, const float *gradients, size_t rows,
    size_t tiles, size_t first, size_t last, int isFirst, float *sums) {
  size_t inner = shape->inBlocks * BLOCK, outer = shape->outBlocks * BLOCK;
  size_t strideIn = tributary_winograd_stride(rows, inner);
  size_t strideOut = tributary_winograd_stride(rows, outer);
  for (size_t p = first; p < last; p++) {
    const float *a = panel + p * strideIn, *g = gradients + p * strideOut;
    float *s = sums + p * tributary_winograd_stride(inner, outer);
    size_t n = 0;
    for (; n + 2 * BLOCK <= outer; n += 2 * BLOCK)
      for (size_t k = 0; k < inner; k += COLUMNS)
        NAME(correlation)(
            a + k, g + n, inner, outer, tiles, COLUMNS, 2, isFirst, s + n * inner + k * 2 * BLOCK);
    if (n < outer)
      for (size_t k = 0; k < inner; k += COLUMNS)
        NAME(correlation)(
            a + k, g + n, inner, outer, tiles, COLUMNS, 1, isFirst, s + n * inner + k * BLOCK);
  }
}

// Where inner channel k and the vector of outer channels from n on lie within one position.
INLINE size_t NAME(position)(size_t k, size_t n, size_t inner, size_t outer) {
  size_t pair = n / (2 * BLOCK) * (2 * BLOCK);
  size_t width = outer - pair < 2 * BLOCK ? BLOCK : 2 * BLOCK;
  return pair * inner + k * width + (n - pair);
}

INLINE void NAME(filtersOf)(
    const float *w, size_t outputs, size_t inputs, int transposed, size_t first, size_t last,
    float *filters, int kernel) {
  size_t area = (size_t)(kernel * kernel);
  size_t innerCount = transposed ? outputs : inputs, outerCount = transposed ? inputs : outputs;
  size_t stepInner = transposed ? inputs * area : area;
  size_t stepOuter = transposed ? area : inputs * area;
  size_t inner = (innerCount + BLOCK - 1) / BLOCK * BLOCK;
  size_t outer = (outerCount + BLOCK - 1) / BLOCK * BLOCK;
  size_t stride = tributary_winograd_stride(inner, outer);
  for (size_t n = 0; n < outer; n += BLOCK)
    for (size_t k = first * BLOCK; k < last * BLOCK; k++) {
      float raw[25][BLOCK] = {{0}};
      size_t width = outerCount - n < BLOCK ? outerCount - n : BLOCK;
      if (k < innerCount)
        for (size_t lane = 0; lane < width; lane++) {
          const float *one = w + k * stepInner + (n + lane) * stepOuter;
          for (size_t e = 0; e < area; e++) raw[e][lane] = one[transposed ? area - 1 - e : e];
        }
      vec g[25], half[30], u[36];
      int side = kernel;
      UNROLL for (size_t e = 0; e < area; e++) g[e] = from(raw[e]);
      UNROLL for (int j = 0; j < side; j++) NAME(filter)(g + j, side, half + j, side, side);
      UNROLL for (int i = 0; i < 6; i++) NAME(filter)(half + i * side, 1, u + i * 6, 1, side);
      float *target = filters + NAME(position)(k, n, inner, outer);
      UNROLL for (size_t p = 0; p < 36; p++) at(target + p * stride) = u[p];
    }
}

TARGET void NAME(filters)(
    const float *w, size_t outputs, size_t inputs, size_t kernel, int transposed, size_t first,
    size_t last, float *filters) {
  if (kernel == 3)
    NAME(filtersOf)(w, outputs, inputs, transposed, first, last, filters, 3);
  else
    NAME(filtersOf)(w, outputs, inputs, transposed, first, last, filters, 5);
}

INLINE void NAME(filterGradientOf)(
    const float *sums, size_t outputs, size_t inputs, size_t first, size_t last, float *dw,
    int kernel) {
  size_t area = (size_t)(kernel * kernel);
  size_t inner = (inputs + BLOCK - 1) / BLOCK * BLOCK;
  size_t outer = (outputs + BLOCK - 1) / BLOCK * BLOCK;
  size_t stride = tributary_winograd_stride(inner, outer);
  for (size_t n = 0; n < outer; n += BLOCK)
    for (size_t k = first * BLOCK; k < last * BLOCK && k < inputs; k++) {
      const float *source = sums + NAME(position)(k, n, inner, outer);
      vec u[36], half[30], g[25];
      int side = kernel;
      UNROLL for (size_t p = 0; p < 36; p++) u[p] = from(source + p * stride);
      UNROLL for (int j = 0; j < 6; j++) NAME(unfilter)(u + j, 6, half + j, 6, side);
      UNROLL for (int i = 0; i < side; i++) NAME(unfilter)(half + i * 6, 1, g + i * side, 1, side);
      float raw[25][BLOCK];
      UNROLL for (size_t e = 0; e < area; e++) at(raw[e]) = g[e];
      size_t width = outputs - n < BLOCK ? outputs - n : BLOCK;
      for (size_t lane = 0; lane < width; lane++)
        for (size_t e = 0; e < area; e++) dw[((n + lane) * inputs + k) * area + e] = raw[e][lane];
    }
}

TARGET void NAME(filterGradient)(
    const float *sums, size_t outputs, size_t inputs, size_t kernel, size_t first, size_t last,
    float *dw) {
  if (kernel == 3)
    NAME(filterGradientOf)(sums, outputs, inputs, first, last, dw, 3);
  else
    NAME(filterGradientOf)(sums, outputs, inputs, first, last, dw, 5);
}

#undef COLUMNS
