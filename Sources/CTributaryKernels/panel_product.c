#include "panel_product.h"
#include "transpose.h"

enum {
  panel = tributary_wide_panel,
  tileRows = 8,
  // Steps that a panel is fetched ahead.
  ahead = 8,
  // A block of b, 256 by eight panels, stays in the second-level cache while all rows of a pass by.
  depthSlice = 256,
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

// `rows` by three times sixteen values of c stay in registers while a slice of a panel passes by. They begin
// with what c holds (`start` is c, its rows `startRow` apart), with a bias (0 apart), or with 0.
#define TILE(rows)                                                                               \
  do {                                                                                           \
    _Pragma("clang fp contract(fast)")                                                           \
    lanes sum[rows][3];                                                                          \
    for (int r = 0; r < rows; r++)                                                               \
      for (int p = 0; p < 3; p++) {                                                              \
        __builtin_prefetch(c + r * cRow + 16 * p, 1);                                            \
        sum[r][p] = start ? loadLanes(start + r * startRow + 16 * p) : (lanes){0};               \
      }                                                                                          \
    for (size_t d = 0; d < depth; d++, b += panel) {                                             \
      lanes b0 = loadLanes(b), b1 = loadLanes(b + 16), b2 = loadLanes(b + 32);                   \
      for (int p = 0; p < panel; p += 16) __builtin_prefetch(b + ahead * panel + p);             \
      for (int r = 0; r < rows; r++) {                                                           \
        float x = a[r * aRow + d];                                                               \
        sum[r][0] += x * b0;                                                                     \
        sum[r][1] += x * b1;                                                                     \
        sum[r][2] += x * b2;                                                                     \
      }                                                                                          \
    }                                                                                            \
    for (int r = 0; r < rows; r++)                                                               \
      for (int p = 0; p < 3; p++) *(lanes *)(c + r * cRow + 16 * p) = sum[r][p];                 \
  } while (0)

CLONES static void eightRows(
    const float *a, size_t aRow, const float *b, const float *start, size_t startRow, size_t depth,
    float *c, size_t cRow) {
  TILE(tileRows);
}

CLONES static void oneRow(
    const float *a, size_t aRow, const float *b, const float *start, size_t startRow, size_t depth,
    float *c, size_t cRow) {
  TILE(1);
}

static void tile(
    const float *a, size_t aRow, const float *b, const float *start, size_t startRow, size_t rows,
    size_t depth, float *c, size_t cRow) {
  if (rows == tileRows) return eightRows(a, aRow, b, start, startRow, depth, c, cRow);
  for (size_t r = 0; r < rows; r++)
    oneRow(a + r * aRow, aRow, b, start ? start + r * startRow : 0, 0, depth, c + r * cRow, cRow);
}

// A tile of the last panel, of whose columns c has only `width`.
static void edgeTile(
    const float *a, size_t aRow, const float *b, const float *start, size_t startRow, size_t rows,
    size_t depth, size_t width, float *c, size_t cRow) {
  float edge[tileRows * panel] = {0};
  for (size_t r = 0; start && r < rows; r++)
    memcpy(edge + r * panel, start + r * startRow, 4 * width);
  tile(a, aRow, b, edge, panel, rows, depth, edge, panel);
  for (size_t r = 0; r < rows; r++) memcpy(c + r * cRow, edge + r * panel, 4 * width);
}

// Columns `first`..<`last` of c, from `slice` columns of a that begin with `depthStart`.
static void block(
    const float *a, size_t aRow, const float *panels, const float *bias, size_t rows, size_t depth,
    size_t depthStart, size_t slice, size_t first, size_t last, float *c, size_t cRow) {
  for (size_t i = 0; i < rows; i += tileRows) {
    size_t count = rows - i < tileRows ? rows - i : tileRows;
    for (size_t j = first; j < last; j += panel) {
      const float *x = a + i * aRow + depthStart, *b = panels + j * depth + depthStart * panel;
      float *target = c + i * cRow + j;
      const float *start = depthStart > 0 ? target : bias ? bias + j : 0;
      size_t startRow = depthStart > 0 ? cRow : 0;
      if (last - j < panel)
        edgeTile(x, aRow, b, start, startRow, count, slice, last - j, target, cRow);
      else
        tile(x, aRow, b, start, startRow, count, slice, target, cRow);
    }
  }
}

void tributary_wide_panel_product(
    const float *a, size_t aRow, const float *panels, const float *bias, size_t rows, size_t depth,
    size_t columns, float *c, size_t cRow) {
  for (size_t j = 0; j < columns; j += groupColumns) {
    size_t end = columns - j < groupColumns ? columns : j + groupColumns;
    for (size_t d = 0; d < depth; d += depthSlice) {
      size_t slice = depth - d < depthSlice ? depth - d : depthSlice;
      block(a, aRow, panels, bias, rows, depth, d, slice, j, end, c, cRow);
    }
  }
}
