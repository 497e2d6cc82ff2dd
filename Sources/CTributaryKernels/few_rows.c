#include "few_rows.h"
#include "transpose.h"

// As many rows at once as registers hold: 24 sums of 16 lanes in AVX-512's 32 registers, else 2 in 16.
enum { mostRows = 12 };

static size_t rowLimit(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") ? mostRows : 2;
#else
  return 4;
#endif
}

// The rows of the next tile: the rest spread evenly over as few tiles as hold it.
INLINE size_t tileRows(size_t rest, size_t limit) {
  size_t tiles = (rest + limit - 1) / limit;
  return (rest + tiles - 1) / tiles;
}

#define FOR_EACH_COUNT(CASE) \
  CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)

// c [count, 32 panels] = a b for one or two panels of b, `panelStep` apart, their rows of 32 `bRow` apart; of one
// panel `width` columns are stored.
INLINE void panelTile(
    const float *a, size_t aRow, int count, int panels, const float *b, size_t bRow,
    size_t panelStep, size_t depth, size_t width, float *c, size_t cRow) {
#pragma clang fp contract(fast)
  lanes sum[mostRows][2] = {{{0}}}, more[mostRows][2] = {{{0}}};
  for (size_t d = 0; d < depth; d++, b += bRow) {
    const float *next = b + (panels > 1 ? panelStep : 0);
    __builtin_prefetch(b + 8 * bRow);
    __builtin_prefetch(b + 8 * bRow + 16);
    lanes first = loadLanes(b), second = loadLanes(b + 16), third = first, fourth = first;
    if (panels > 1) {
      __builtin_prefetch(next + 8 * bRow);
      __builtin_prefetch(next + 8 * bRow + 16);
      third = loadLanes(next);
      fourth = loadLanes(next + 16);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) {
      float left = a[(size_t)r * aRow + d];
      sum[r][0] += left * first;
      sum[r][1] += left * second;
      if (panels > 1) {
        more[r][0] += left * third;
        more[r][1] += left * fourth;
      }
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < count; r++) {
    float *target = c + (size_t)r * cRow;
    // Copies: an array whose address is taken does not stay in registers.
    lanes left[2] = {sum[r][0], sum[r][1]}, right[2] = {more[r][0], more[r][1]};
    if (width >= tributary_panel)
      memcpy(target, left, sizeof left);
    else
      memcpy(target, left, 4 * width);
    if (panels > 1) memcpy(target + tributary_panel, right, sizeof right);
  }
}

// As many rows as a tile of two panels can have: more of them, and a panel is worth a tile of its own.
#define FOR_EACH_LOW_COUNT(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)

// All rows by one panel, or by two panels at once.
INLINE void panelRows(
    const float *a, size_t aRow, size_t rows, int panels, const float *b, size_t bRow,
    size_t panelStep, size_t depth, size_t width, float *c, size_t cRow, size_t limit) {
  for (size_t i = 0, count; i < rows; i += count) {
    count = tileRows(rows - i, limit);
#define CASE(n)                                                                               \
  case n:                                                                                     \
    panelTile(                                                                                \
        a + i * aRow, aRow, n, panels, b, bRow, panelStep, depth, width, c + i * cRow, cRow); \
    break;
    if (panels == 1)
      switch (count) { FOR_EACH_COUNT(CASE) }
    else
      switch (count) { FOR_EACH_LOW_COUNT(CASE) }
#undef CASE
  }
}

CLONES static void panelTiles(
    const float *a, size_t aRow, size_t rows, const float *b, size_t bRow, size_t panelStep,
    size_t depth, size_t columns, float *c, size_t cRow, size_t limit) {
  size_t j = 0;
  if (limit == mostRows && rows <= mostRows / 2)
    for (; j + 2 * tributary_panel <= columns; j += 2 * tributary_panel, b += 2 * panelStep)
      panelRows(
          a, aRow, rows, 2, b, bRow, panelStep, depth, tributary_panel, c + j, cRow, limit);
  for (; j < columns; j += tributary_panel, b += panelStep)
    panelRows(a, aRow, rows, 1, b, bRow, panelStep, depth, columns - j, c + j, cRow, limit);
}

void tributary_panel_product(
    const float *a, size_t aRow, size_t rows, const float *panels, size_t depth, size_t columns,
    float *c, size_t cRow) {
  panelTiles(
      a, aRow, rows, panels, tributary_panel, tributary_panel * depth, depth, columns, c, cRow,
      rowLimit());
}

// The columns of a product that make no panel.
CLONES static void narrowProduct(
    const float *a, size_t aRow, size_t rows, const float *b, size_t bRow, size_t depth,
    size_t columns, float *c, size_t cRow) {
#pragma clang fp contract(fast)
  for (size_t r = 0; r < rows; r++) {
    float sum[tributary_panel] = {0};
    for (size_t d = 0; d < depth; d++)
      for (size_t j = 0; j < columns; j++) sum[j] += a[r * aRow + d] * b[d * bRow + j];
    memcpy(c + r * cRow, sum, 4 * columns);
  }
}

void tributary_few_rows_product(
    const float *a, size_t aRow, size_t rows, const float *b, size_t bRow, size_t depth,
    size_t columns, float *c, size_t cRow) {
  if (columns < tributary_panel)
    return narrowProduct(a, aRow, rows, b, bRow, depth, columns, c, cRow);
  size_t limit = rowLimit();
  size_t whole = columns - columns % tributary_panel;
  panelTiles(a, aRow, rows, b, bRow, tributary_panel, depth, whole, c, cRow, limit);
  if (whole == columns) return;
  // The last columns with some of the panel before, again with the same results.
  size_t last = columns - tributary_panel;
  panelTiles(
      a, aRow, rows, b + last, bRow, tributary_panel, depth, tributary_panel, c + last, cRow,
      limit);
}

// A panel of `width` columns that lie `bStep` apart, their elements beside each other.
INLINE void packColumns(
    const float *b, size_t bStep, size_t depth, size_t width, float *panel) {
  size_t d = 0;
  if (width == tributary_panel)
    for (; d + 16 <= depth; d += 16)
      for (size_t c = 0; c < width; c += 16)
        transposeBlock(b + c * bStep + d, bStep, panel + tributary_panel * d + c, tributary_panel);
  for (; d < depth; d++)
    for (size_t c = 0; c < width; c++) panel[tributary_panel * d + c] = b[d + c * bStep];
}

CLONES void tributary_pack_panels(
    const float *b, size_t bRow, size_t bStep, size_t depth, size_t columns, float *panels) {
  for (size_t j = 0; j < columns; j += tributary_panel, panels += tributary_panel * depth) {
    size_t width = columns - j < tributary_panel ? columns - j : tributary_panel;
    if (width < tributary_panel) memset(panels, 0, 4 * tributary_panel * depth);
    if (bStep == 1)
      for (size_t d = 0; d < depth; d++)
        memcpy(panels + tributary_panel * d, b + d * bRow + j, 4 * width);
    else
      packColumns(b + j * bStep, bStep, depth, width, panels);
  }
}

// The sums of 16 vectors, one a lane. Each round halves what is left of every vector and packs two into one.
INLINE void sumEach(lanes *v) {
  for (int i = 0; i < 8; i++)
    v[i] = __builtin_shufflevector(
               v[i], v[i + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
           __builtin_shufflevector(
               v[i], v[i + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  for (int i = 0; i < 4; i++)
    v[i] = __builtin_shufflevector(
               v[i], v[i + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27) +
           __builtin_shufflevector(
               v[i], v[i + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
  for (int i = 0; i < 2; i++)
    v[i] = __builtin_shufflevector(
               v[i], v[i + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29) +
           __builtin_shufflevector(
               v[i], v[i + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
  v[0] = __builtin_shufflevector(
             v[0], v[1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30) +
         __builtin_shufflevector(
             v[0], v[1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
}

// The last depth % 16 of `depth` numbers, behind zeros.
#define lastLanes(x, depth)                                                              \
  ({                                                                                     \
    lanes last = {0};                                                                    \
    if (depth >= 16) {                                                                   \
      last = loadLanes((x) + depth - 16);                                                \
      for (int k = 0; k < 16; k++) last[k] = k < 16 - (int)(depth % 16) ? 0.0f : last[k]; \
    } else {                                                                             \
      memcpy((float *)&last + 16 - depth, x, 4 * depth);                                 \
    }                                                                                    \
    last;                                                                                \
  })

// The lanes whose sums are the products of `count` rows of x with two rows of w: sums[r * 16] and the next.
INLINE void dotTile(
    const float *x, size_t xRow, int count, const float *first, const float *second, size_t depth,
    lanes *sums) {
#pragma clang fp contract(fast)
  lanes sum[mostRows][2] = {{{0}}};
  size_t d = 0;
  for (; d + 16 <= depth; d += 16) {
    lanes one = loadLanes(first + d), two = loadLanes(second + d);
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) {
      lanes left = loadLanes(x + (size_t)r * xRow + d);
      sum[r][0] += left * one;
      sum[r][1] += left * two;
    }
  }
  if (d < depth) {
    lanes one = lastLanes(first, depth), two = lastLanes(second, depth);
#pragma clang loop unroll(full)
    for (int r = 0; r < count; r++) {
      lanes left = lastLanes(x + (size_t)r * xRow, depth);
      sum[r][0] += left * one;
      sum[r][1] += left * two;
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < count; r++) {
    sums[16 * r] = sum[r][0];
    sums[16 * r + 1] = sum[r][1];
  }
}

CLONES static void linearTiles(
    const float *x, size_t xRow, size_t rows, const float *w, size_t depth, size_t columns,
    const float *bias, int relu, float *y, size_t yRow, size_t limit) {
  lanes sums[mostRows * 16];
  for (size_t i = 0, count; i < rows; i += count) {
    count = tileRows(rows - i, limit);
    for (size_t j = 0; j < columns; j += 16) {
      size_t width = columns - j < 16 ? columns - j : 16;
      for (size_t u = 0; u < width; u += 2) {
        const float *row = w + (j + u) * depth;
        const float *next = u + 1 < width ? row + depth : row;
#define CASE(n)                                                                   \
  case n:                                                                         \
    dotTile(x + i * xRow, xRow, n, row, next, depth, sums + u);                   \
    break;
        switch (count) { FOR_EACH_COUNT(CASE) }
#undef CASE
      }
      lanes shift = {0};
      if (bias) memcpy(&shift, bias + j, 4 * width);
      for (size_t r = 0; r < count; r++) {
        sumEach(sums + 16 * r);
        lanes value = sums[16 * r] + shift;
        if (relu)
          for (int k = 0; k < 16; k++) value[k] = value[k] < 0.0f ? 0.0f : value[k];
        float *target = y + (i + r) * yRow + j;
        if (width == 16)
          *(lanes *)target = value;
        else
          memcpy(target, &value, 4 * width);
      }
    }
  }
}

void tributary_few_rows_linear(
    const float *x, size_t xRow, size_t rows, const float *w, size_t depth, size_t columns,
    const float *bias, int relu, float *y, size_t yRow) {
  linearTiles(x, xRow, rows, w, depth, columns, bias, relu, y, yRow, rowLimit());
}

typedef float halfLanes __attribute__((vector_size(32), aligned(4)));
#define loadHalf(address) (*(const halfLanes *)(address))

// w [n] = keep w + the sum of c[i] x[i], for up to 32 rows at a time.
INLINE void addRows(
    float *w, size_t n, float keep, const float *c, const float *const *x, size_t count) {
#pragma clang fp contract(fast)
  size_t d = 0;
  for (; d + 64 <= n; d += 64) {
    lanes sum[4];
    for (int p = 0; p < 4; p++) sum[p] = keep * loadLanes(w + d + 16 * p);
    for (size_t i = 0; i < count; i++)
      for (int p = 0; p < 4; p++) sum[p] += c[i] * loadLanes(x[i] + d + 16 * p);
    memcpy(w + d, sum, sizeof sum);
  }
  for (; d + 16 <= n; d += 16) {
    lanes sum = keep * loadLanes(w + d);
    for (size_t i = 0; i < count; i++) sum += c[i] * loadLanes(x[i] + d);
    memcpy(w + d, &sum, sizeof sum);
  }
  if (d + 8 <= n) {
    halfLanes sum = keep * loadHalf(w + d);
    for (size_t i = 0; i < count; i++) sum += c[i] * loadHalf(x[i] + d);
    memcpy(w + d, &sum, sizeof sum);
    d += 8;
  }
  for (; d < n; d++) {
    float sum = keep * w[d];
    for (size_t i = 0; i < count; i++) sum += c[i] * x[i][d];
    w[d] = sum;
  }
}

// `width` columns of all rows of w.
INLINE void updateColumns(
    const float *g, size_t gRow, const float *x, size_t xRow, size_t rows, size_t m, size_t n,
    size_t width, float scale, float keep, float *w) {
  enum { most = 32 };
  for (size_t j = 0; j < m; j++) {
    float factor[most];
    const float *row[most];
    float rest = keep;
    for (size_t i = 0; i < rows;) {
      size_t count = 0;
      for (; i < rows && count < most; i++) {
        factor[count] = scale * g[i * gRow + j];
        row[count] = x + i * xRow;
        count += factor[count] != 0.0f;
      }
      if (count == 0 && rest == 1.0f) continue;
      addRows(w + j * n, width, rest, factor, row, count);
      rest = 1.0f;
    }
  }
}

CLONES void tributary_few_rows_update(
    const float *g, size_t gRow, const float *x, size_t xRow, size_t rows, size_t m, size_t n,
    float scale, float keep, float *w) {
  enum { block = 1024 };  // columns of x whose rows stay in the first-level cache
  for (size_t d = 0; d < n; d += block) {
    size_t width = n - d < block ? n - d : block;
    updateColumns(g, gRow, x + d, xRow, rows, m, n, width, scale, keep, w + d);
  }
}
