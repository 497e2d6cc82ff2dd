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

// Up to eight rows of a as `strip` [depth, 8], rows that are not there as zeros.
CLONES static void packStrip(
    const float *a, size_t aRow, size_t aStep, size_t rows, size_t depth, float *strip) {
  size_t d = 0;
  if (rows == stripRows && aRow == 1)
    for (; d < depth; d++) *(eight *)(strip + d * stripRows) = *(const eight *)(a + d * aStep);
  for (; d < depth; d++)
    for (size_t r = 0; r < stripRows; r++)
      strip[d * stripRows + r] = r < rows ? a[r * aRow + d * aStep] : 0.0f;
}

// Eight rows by three times sixteen values of c stay in registers while a slice of a panel passes by. They begin
// with what `start` holds, its rows `startRow` apart (0: a bias), or with 0.
INLINE void tile(
    const float *a, size_t aRow, size_t aStep, const float *b, const float *start,
    size_t startRow, size_t depth, float *c, size_t cRow) {
#pragma clang fp contract(fast)
  lanes sum[stripRows][3];
  for (int r = 0; r < stripRows; r++)
    for (int p = 0; p < 3; p++) {
      __builtin_prefetch(c + (size_t)r * cRow + 16 * p, 1);
      sum[r][p] = start ? loadLanes(start + (size_t)r * startRow + 16 * p) : (lanes){0};
    }
#pragma clang loop unroll_count(4)
  for (size_t d = 0; d < depth; d++, a += aStep, b += panel) {
    lanes b0 = loadLanes(b), b1 = loadLanes(b + 16), b2 = loadLanes(b + 32);
    for (int p = 0; p < panel; p += 16) __builtin_prefetch(b + ahead * panel + p);
    for (int r = 0; r < stripRows; r++) {
      float value = a[(size_t)r * aRow];
      sum[r][0] += value * b0;
      sum[r][1] += value * b1;
      sum[r][2] += value * b2;
    }
  }
  for (int r = 0; r < stripRows; r++)
    for (int p = 0; p < 3; p++) *(lanes *)(c + (size_t)r * cRow + 16 * p) = sum[r][p];
}

CLONES static void rowsTile(
    const float *a, size_t aRow, const float *b, const float *start, size_t startRow,
    size_t depth, float *c, size_t cRow) {
  tile(a, aRow, 1, b, start, startRow, depth, c, cRow);
}

CLONES static void stripTile(
    const float *strip, const float *b, const float *start, size_t startRow, size_t depth,
    float *c, size_t cRow) {
  tile(strip, 1, stripRows, b, start, startRow, depth, c, cRow);
}

// A tile at the edge, of which c has only `rows` and `width` columns.
static void edgeTile(
    const float *strip, const float *b, const float *start, size_t startRow, size_t rows,
    size_t depth, size_t width, float *c, size_t cRow) {
  float edge[stripRows * panel] = {0};
  for (size_t r = 0; start && r < rows; r++)
    memcpy(edge + r * panel, start + r * startRow, 4 * width);
  stripTile(strip, b, edge, panel, depth, edge, panel);
  for (size_t r = 0; r < rows; r++) memcpy(c + r * cRow, edge + r * panel, 4 * width);
}

// Up to eight rows and eight panels of c from a slice of `depth`, the first one if `isFirst`; b being its part of the
// panels, `panelStep` apart.
static void stripTiles(
    const float *a, size_t aRow, size_t aStep, const float *b, size_t panelStep, const float *bias,
    int isFirst, size_t rows, size_t depth, size_t columns, float *c, size_t cRow) {
  _Alignas(64) float strip[stripRows * depthSlice];
  // Rows that are all there are read where they are.
  int isPacked = aStep != 1 || rows < stripRows || columns < panel;
  if (isPacked) packStrip(a, aRow, aStep, rows, depth, strip);
  for (size_t j = 0; j < columns; j += panel, b += panelStep, c += panel) {
    const float *start = !isFirst ? c : bias ? bias + j : 0;
    size_t startRow = isFirst ? 0 : cRow, width = columns - j;
    if (rows < stripRows || width < panel) {
      if (!isPacked) packStrip(a, aRow, aStep, rows, depth, strip);
      edgeTile(strip, b, start, startRow, rows, depth, width < panel ? width : panel, c, cRow);
    } else if (isPacked) {
      stripTile(strip, b, start, startRow, depth, c, cRow);
    } else {
      rowsTile(a, aRow, b, start, startRow, depth, c, cRow);
    }
  }
}

void tributary_wide_panel_product(
    const float *a, size_t aRow, size_t aStep, const float *panels, const float *bias, size_t rows,
    size_t depth, size_t columns, float *c, size_t cRow) {
  for (size_t j = 0; j < columns; j += groupColumns)
    for (size_t d = 0; d < depth; d += depthSlice)
      for (size_t i = 0; i < rows; i += stripRows) {
        size_t width = columns - j < groupColumns ? columns - j : groupColumns;
        size_t slice = depth - d < depthSlice ? depth - d : depthSlice;
        size_t count = rows - i < stripRows ? rows - i : stripRows;
        stripTiles(
            a + i * aRow + d * aStep, aRow, aStep, panels + j * depth + d * panel, panel * depth,
            bias ? bias + j : 0, d == 0, count, slice, width, c + i * cRow + j, cRow);
      }
}
