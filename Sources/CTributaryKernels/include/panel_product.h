#pragma once
#include <stddef.h>

/// Columns of a panel. A packed matrix [depth, columns] lies in memory as [columns / 48, depth, 48], the last
/// panel filled up with zeros.
enum { tributary_wide_panel = 48 };

/// Packs panels `first`..<`last` of a matrix [depth, columns] whose element (d, j) is b[d * bRow + j * bStep],
/// one of the two distances being 1.
void tributary_pack_wide_panels(
    const float *b, size_t bRow, size_t bStep, size_t depth, size_t columns, size_t first,
    size_t last, float *panels);
/// c [rows, columns] = a b + bias: element (i, d) of a is a[i * aRow + d * aStep], one of the two distances being
/// 1; b in `panels`, `bias` [columns] or NULL. Each element is summed in the order of the depth, whatever the pieces
/// in which rows and columns are asked for.
void tributary_wide_panel_product(
    const float *a, size_t aRow, size_t aStep, const float *panels, const float *bias, size_t rows,
    size_t depth, size_t columns, float *c, size_t cRow);
