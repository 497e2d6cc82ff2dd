#include "panel_product.h"
#include "transpose.h"

typedef float eight __attribute__((vector_size(32), aligned(4)));

enum {
  panel = tributary_wide_panel,
  stripRows = 8,
  // Steps that a panel is fetched ahead.
  ahead = 8,
  // A slice of a strip stays in the first-level cache, a block of b, a slice of eight panels, in the second.
  depthSlice = 384,
  groupColumns = 8 * panel
};

INLINE void packRows(const float *b, size_t bRow, size_t depth, size_t width, float *to) {
  for (size_t d = 0; d < depth; d++, b += bRow, to += panel) {
    if (width == panel)
      for (int p = 0; p < panel; p += 16) *(lanes *)(to + p) = loadLanes(b + p);
    else
      for (size_t p = 0; p < panel; p++) to[p] = p < width ? b[p] : 0.0f;
  }
}

INLINE void packColumns(const float *b, size_t bStep, size_t depth, size_t width, float *to) {
  size_t d = 0;
  if (width == panel)
    for (; d + 16 <= depth; d += 16)
      for (int p = 0; p < panel; p += 16)
        transposeBlock(b + (size_t)p * bStep + d, bStep, to + d * panel + p, panel);
  for (; d < depth; d++)
    for (size_t p = 0; p < panel; p++) to[d * panel + p] = p < width ? b[p * bStep + d] : 0.0f;
}

CLONES void tributary_pack_wide_panels(
    const float *b, size_t bRow, size_t bStep, size_t depth, size_t columns, size_t first,
    size_t last, float *panels) {
  for (size_t i = first; i < last; i++) {
    size_t j = i * panel, width = columns - j < panel ? columns - j : panel;
    if (bStep == 1)
      packRows(b + j, bRow, depth, width, panels + j * depth);
    else
      packColumns(b + j * bStep, bStep, depth, width, panels + j * depth);
  }
}

// The order of two eights, element by element.
#define MIXED(x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)

// to [8, 8] = the transpose of x, its rows `row` apart.
INLINE void transposeEight(const float *x, size_t row, float *to) {
  eight a[8], b[8];
  for (int i = 0; i < 8; i++) a[i] = *(const eight *)(x + (size_t)i * row);
  for (int i = 0; i < 8; i += 2) {
    b[i] = MIXED(a[i], a[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    b[i + 1] = MIXED(a[i], a[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; j++) {
      a[i + j] = MIXED(b[i + j], b[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      a[i + j + 2] = MIXED(b[i + j], b[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int j = 0; j < 4; j++) {
    *(eight *)(to + 8 * j) = MIXED(a[j], a[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(eight *)(to + 8 * (j + 4)) = MIXED(a[j], a[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Up to eight rows of a as `strip` [depth, 8], rows that are not there as zeros.
CLONES static void packStrip(
    const float *a, size_t aRow, size_t aStep, size_t rows, size_t depth, float *strip) {
  size_t d = 0;
  if (rows == stripRows && aStep == 1)
    for (; d + 8 <= depth; d += 8) transposeEight(a + d, aRow, strip + d * stripRows);
  if (rows == stripRows && aRow == 1)
    for (; d < depth; d++) *(eight *)(strip + d * stripRows) = *(const eight *)(a + d * aStep);
  for (; d < depth; d++)
    for (size_t r = 0; r < stripRows; r++)
      strip[d * stripRows + r] = r < rows ? a[r * aRow + d * aStep] : 0.0f;
}

// Eight rows by three times sixteen values of c stay in registers while a slice of a panel passes by. They begin
// with what `start` holds, its rows `startRow` apart (0: a bias), or with 0.
CLONES static void tile(
    const float *strip, const float *b, const float *start, size_t startRow, size_t depth,
    float *c, size_t cRow) {
#pragma clang fp contract(fast)
  lanes sum[stripRows][3];
  for (int r = 0; r < stripRows; r++)
    for (int p = 0; p < 3; p++) {
      __builtin_prefetch(c + (size_t)r * cRow + 16 * p, 1);
      sum[r][p] = start ? loadLanes(start + (size_t)r * startRow + 16 * p) : (lanes){0};
    }
#pragma clang loop unroll_count(4)
  for (size_t d = 0; d < depth; d++, b += panel, strip += stripRows) {
    lanes b0 = loadLanes(b), b1 = loadLanes(b + 16), b2 = loadLanes(b + 32);
    for (int p = 0; p < panel; p += 16) __builtin_prefetch(b + ahead * panel + p);
    for (int r = 0; r < stripRows; r++) {
      sum[r][0] += strip[r] * b0;
      sum[r][1] += strip[r] * b1;
      sum[r][2] += strip[r] * b2;
    }
  }
  for (int r = 0; r < stripRows; r++)
    for (int p = 0; p < 3; p++) *(lanes *)(c + (size_t)r * cRow + 16 * p) = sum[r][p];
}

// A tile at the edge, of which c has only `rows` and `width` columns.
static void edgeTile(
    const float *strip, const float *b, const float *start, size_t startRow, size_t rows,
    size_t depth, size_t width, float *c, size_t cRow) {
  float edge[stripRows * panel] = {0};
  for (size_t r = 0; start && r < rows; r++)
    memcpy(edge + r * panel, start + r * startRow, 4 * width);
  tile(strip, b, edge, panel, depth, edge, panel);
  for (size_t r = 0; r < rows; r++) memcpy(c + r * cRow, edge + r * panel, 4 * width);
}

// `rows` rows and `columns` columns of c from a slice of `depth`, which is all if `isFirst`, b being its part of
// the panels, `panelStep` apart.
static void stripTiles(
    const float *strip, const float *b, size_t panelStep, const float *bias, int isFirst,
    size_t rows, size_t depth, size_t columns, float *c, size_t cRow) {
  for (size_t j = 0; j < columns; j += panel, b += panelStep, c += panel) {
    const float *start = !isFirst ? c : bias ? bias + j : 0;
    size_t startRow = isFirst ? 0 : cRow;
    if (rows < stripRows || columns - j < panel) {
      size_t width = columns - j < panel ? columns - j : panel;
      edgeTile(strip, b, start, startRow, rows, depth, width, c, cRow);
    } else {
      tile(strip, b, start, startRow, depth, c, cRow);
    }
  }
}

void tributary_wide_panel_product(
    const float *a, size_t aRow, size_t aStep, const float *panels, const float *bias, size_t rows,
    size_t depth, size_t columns, float *c, size_t cRow) {
  _Alignas(64) float strip[stripRows * depthSlice];
  for (size_t j = 0; j < columns; j += groupColumns)
    for (size_t d = 0; d < depth; d += depthSlice)
      for (size_t i = 0; i < rows; i += stripRows) {
        size_t width = columns - j < groupColumns ? columns - j : groupColumns;
        size_t slice = depth - d < depthSlice ? depth - d : depthSlice;
        size_t count = rows - i < stripRows ? rows - i : stripRows;
        packStrip(a + i * aRow + d * aStep, aRow, aStep, count, slice, strip);
        stripTiles(
            strip, panels + j * depth + d * panel, panel * depth, bias ? bias + j : 0, d == 0,
            count, slice, width, c + i * cRow + j, cRow);
      }
}
