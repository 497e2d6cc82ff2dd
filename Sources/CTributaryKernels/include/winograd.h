#pragma once
#include <stddef.h>

/// Minimal filtering F(4x4, 3x3) and F(2x2, 5x5) (Lavin and Gray 2016) for stride 1 on tensors blocked by
/// `block` channels (16: AVX-512, 8: AVX2 with FMA), with the interpolation points 0, +-5/8, +-3/2 and
/// infinity.
///
/// An output tile of 4x4 (kernel 3) or 2x2 (kernel 5) comes from an input patch of 6x6 by 36 matrix products, one for each position
/// of the transformed patch. A panel is a run of tiles: its transformed values are
/// [36][rows][channels] with a few values between the positions (`tributary_winograd_stride`), rows
/// being the tiles rounded up to 12. Transformed filters are [36][outer / 2 blocks][inner][2 blocks]:
/// pairs of blocks of output channels, the last pair perhaps a single.
typedef struct {
  size_t height, width;              // of the input
  size_t outHeight, outWidth;
  size_t paddingTop, paddingLeft;
  size_t inBlocks, outBlocks;        // channels / block, rounded up
  size_t block;
  size_t tile;                       // side of an output tile: 4, 2
} tributary_winograd;

/// Floats from one position to the next in a panel of `rows` rows.
size_t tributary_winograd_stride(size_t rows, size_t channels);

/// Input tiles first..<last of x into rows from first - start on of `panel`.
void tributary_winograd_input(
    const tributary_winograd *shape, const float *x, size_t start, size_t first, size_t last,
    size_t rows, float *panel);
/// The same for tiles of the output's gradient g: 4x4 or 2x2 values to 36.
void tributary_winograd_gradient(
    const tributary_winograd *shape, const float *g, size_t start, size_t first, size_t last,
    size_t rows, float *panel);
/// products[position] = panel[position] filters[position], positions first..<last.
void tributary_winograd_products(
    const tributary_winograd *shape, const float *panel, const float *filters, size_t rows,
    size_t first, size_t last, float *products);
/// Output tiles first..<last: y = the tile (+ bias) (+ residual), between `low` and `high`.
/// bias (outBlocks * block values) and residual (laid out as y) may be null.
void tributary_winograd_output(
    const tributary_winograd *shape, const float *products, size_t start, size_t first, size_t last,
    size_t rows, const float *bias, const float *residual, float low, float high, float *y);
/// sums[position] (+)= transposed panel[position] gradients[position] over the first `tiles` rows.
void tributary_winograd_correlate(
    const tributary_winograd *shape, const float *panel, const float *gradients, size_t rows,
    size_t tiles, size_t first, size_t last, int isFirst, float *sums);

/// Filters of w [outputs, inputs, kernel, kernel] for input blocks (`transposed`: output blocks, the filters turned
/// by 180 degrees, as the gradient of the input wants them) first..<last.
void tributary_winograd_filters(
    const float *w, size_t outputs, size_t inputs, size_t kernel, int transposed, size_t block,
    size_t first, size_t last, float *filters);
/// dw [outputs, inputs, kernel, kernel] from the sums of `tributary_winograd_correlate`, input blocks first..<last.
void tributary_winograd_filter_gradient(
    const float *sums, size_t outputs, size_t inputs, size_t kernel, size_t block, size_t first,
    size_t last, float *dw);
