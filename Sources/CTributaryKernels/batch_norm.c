#include "batch_norm.h"
#include <math.h>
#include "lanes.h"

enum { tile = 16, run = 64 };

#define FOR_GROUPS(shape, part)                    \
  for (size_t t = (part).begin; t < (part).end; t++) \
    for (size_t n = (part).first; n < (part).last; n++)

// Means and squared deviations of `width` neighbouring channels, in runs of rows that stay in the cache.
INLINE void momentsOfTile(
    const float *x, size_t area, size_t stride, size_t width, float *means, float *squares) {
  float mean[tile] = {0}, square[tile] = {0};
  for (size_t start = 0; start < area; start += run) {
    size_t end = area - start < run ? area : start + run;
    float part[tile] = {0}, deviation[tile] = {0}, count = (float)(end - start);
    for (size_t i = start; i < end; i++)
      for (size_t c = 0; c < width; c++) part[c] += x[i * stride + c];
    for (size_t c = 0; c < width; c++) part[c] /= count;
    for (size_t i = start; i < end; i++)
      for (size_t c = 0; c < width; c++) {
        float difference = x[i * stride + c] - part[c];
        deviation[c] += difference * difference;
      }
    float share = count / (float)end, weight = (float)start * share;
    for (size_t c = 0; c < width; c++) {
      float shift = part[c] - mean[c];
      mean[c] += shift * share;
      square[c] += deviation[c] + shift * shift * weight;
    }
  }
  for (size_t c = 0; c < width; c++) {
    means[c] = mean[c];
    squares[c] = square[c];
  }
}

INLINE void momentsOfPlane(const float *x, size_t area, float *means, float *squares) {
  float mean = (float)(sumOf(x, area) / (double)area);
  float deviation[256];
  double square = 0;
  for (size_t i = 0; i < area; i += 256) {
    size_t width = area - i < 256 ? area - i : 256;
    for (size_t k = 0; k < width; k++) deviation[k] = x[i + k] - mean;
    square += dotOf(deviation, deviation, width);
  }
  *means = mean;
  *squares = (float)square;
}

CLONES void tributary_norm_moments(
    const tributary_norm *shape, tributary_norm_part part, const float *x, float *means,
    float *squares) {
  size_t area = shape->area, block = shape->block;
  FOR_GROUPS(shape, part) {
    size_t group = n * shape->groups + t, at = group * block;
    const float *from = x + group * area * block;
    if (block == 1) {
      momentsOfPlane(from, area, means + at, squares + at);
      continue;
    }
    for (size_t c = 0; c < block; c += tile) {
      if (block == tile)
        momentsOfTile(from, area, tile, tile, means + at, squares + at);
      else if (block == 8)
        momentsOfTile(from, area, 8, 8, means + at, squares + at);
      else if (block - c >= tile)
        momentsOfTile(from + c, area, block, tile, means + at + c, squares + at + c);
      else
        momentsOfTile(from + c, area, block, block - c, means + at + c, squares + at + c);
    }
  }
}

void tributary_norm_statistics(
    const tributary_norm *shape, tributary_norm_part part, const float *means, const float *squares,
    const float *weight, const float *bias, float epsilon, float *mean, float *variance,
    float *inverse, float *scale, float *shift) {
  size_t width = shape->groups * shape->block;
  for (size_t c = part.begin * shape->block; c < part.end * shape->block; c++) {
    double total = 0, square = 0;
    for (size_t n = 0; n < shape->images; n++) total += means[n * width + c];
    double centre = total / (double)shape->images;
    for (size_t n = 0; n < shape->images; n++) {
      double distance = means[n * width + c] - centre;
      square += squares[n * width + c] + (double)shape->area * distance * distance;
    }
    int used = c < shape->channels;
    mean[c] = (float)centre;
    variance[c] = (float)(square / ((double)shape->images * (double)shape->area));
    inverse[c] = used ? 1.0f / sqrtf(variance[c] + epsilon) : 0;
    scale[c] = used ? weight[c] * inverse[c] : 0;
    shift[c] = used ? bias[c] - mean[c] * scale[c] : 0;
  }
}

// Keeps NaN.
INLINE float between(float low, float high, float x) {
  x = x < low ? low : x;
  return x > high ? high : x;
}

INLINE void applyRows(
    const float *x, const float *residual, const float *scale, const float *shift, float low,
    float high, size_t area, size_t width, float *y) {
  for (size_t i = 0; i < area; i++)
    for (size_t c = 0; c < width; c++) {
      size_t at = i * width + c;
      float value = x[at] * scale[c] + shift[c];
      if (residual) value += residual[at];
      y[at] = between(low, high, value);
    }
}

typedef int mask __attribute__((vector_size(64), aligned(4)));

#define storeLanes(address, value) (*(lanes *)(address) = (value))
#define choose(where, one, other) ((lanes)(((mask)(one) & (where)) | ((mask)(other) & ~(where))))

// The rows of a full tile, in vectors: left to itself, the compiler gathers them from many rows.
CLONES static void applyTile(
    const float *x, const float *residual, const float *scale, const float *shift, float low,
    float high, size_t area, float *y) {
  lanes s = loadLanes(scale), t = loadLanes(shift), least = low - (lanes){0},
        most = high - (lanes){0};
  for (size_t at = 0; at < area * tile; at += tile) {
    lanes value = loadLanes(x + at) * s + t;
    if (residual) value += loadLanes(residual + at);
    value = choose(value < least, least, value);
    storeLanes(y + at, choose(value > most, most, value));
  }
}

// Blocks of 1 and of 8 are walked in rows of sixteen values and a rest, a channel taking several lanes.
static int isNarrow(size_t block) { return block == 1 || block == 8; }

INLINE void repeat(const float *values, size_t block, float *lanes) {
  for (size_t c = 0; c < tile; c++) lanes[c] = values[c % block];
}

CLONES static void applyOther(
    const float *x, const float *residual, const float *scale, const float *shift, float low,
    float high, size_t area, size_t block, float *y) {
  if (residual)
    applyRows(x, residual, scale, shift, low, high, area, block, y);
  else
    applyRows(x, NULL, scale, shift, low, high, area, block, y);
}

void tributary_norm_apply(
    const tributary_norm *shape, tributary_norm_part part, const tributary_norm_map *map,
    const float *x, const float *residual, float *y) {
  size_t area = shape->area, block = shape->block;
  FOR_GROUPS(shape, part) {
    size_t base = (n * shape->groups + t) * area * block, channel = t * block;
    const float *r = residual ? residual + base : NULL;
    const float *scale = map->scale + channel, *shift = map->shift + channel;
    if (block == tile) {
      applyTile(x + base, r, scale, shift, map->low, map->high, area, y + base);
    } else if (isNarrow(block)) {
      float s[tile], o[tile];
      repeat(scale, block, s);
      repeat(shift, block, o);
      size_t rows = area * block / tile, done = rows * tile;
      applyTile(x + base, r, s, o, map->low, map->high, rows, y + base);
      applyOther(
          x + base + done, r ? r + done : NULL, s, o, map->low, map->high, 1, area * block - done,
          y + base + done);
    } else {
      applyOther(x + base, r, scale, shift, map->low, map->high, area, block, y + base);
    }
  }
}

enum gate { open, computed, given };

INLINE float through(
    enum gate kind, float g, float x, float y, float scale, float shift, float low, float high) {
  if (kind == open) return g;
  if (kind == computed) y = x * scale + shift;
  return y > low && y < high ? g : 0.0f;
}

typedef struct {
  const float *scale, *shift, *mean, *inverse;
  float low, high;
} channelsOf;

INLINE void sumsOfRows(
    enum gate kind, const float *g, const float *x, const float *y, channelsOf of, size_t area,
    size_t stride, size_t width, float *gated, float *sums, float *products) {
  float sum[tile] = {0}, product[tile] = {0};
  for (size_t start = 0; start < area; start += run) {
    size_t end = area - start < run ? area : start + run;
    float s[tile] = {0}, p[tile] = {0};
    for (size_t i = start; i < end; i++)
      for (size_t c = 0; c < width; c++) {
        size_t at = i * stride + c;
        float value = through(
            kind, g[at], x[at], kind == given ? y[at] : 0, of.scale[c], of.shift[c], of.low,
            of.high);
        if (gated) gated[at] = value;
        s[c] += value;
        p[c] += value * ((x[at] - of.mean[c]) * of.inverse[c]);
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

INLINE void inputOfRows(
    enum gate kind, const float *g, const float *x, const float *y, channelsOf of,
    const float *slope, const float *offset, size_t area, size_t stride, size_t width, float *dx) {
  for (size_t i = 0; i < area; i++)
    for (size_t c = 0; c < width; c++) {
      size_t at = i * stride + c;
      float value = through(
          kind, g[at], x[at], kind == given ? y[at] : 0, of.scale[c], of.shift[c], of.low, of.high);
      dx[at] = value * of.scale[c] + x[at] * slope[c] + offset[c];
    }
}

// The gradient that counts, in vectors.
#define GATED(kind, result)                                                   \
  lanes value = loadLanes(x + at), result = loadLanes(g + at);                \
  if (kind != open) {                                                         \
    lanes reached = kind == given ? loadLanes(y + at) : value * scale + shift; \
    result = (lanes)((mask)result & (reached > low) & (reached < high));      \
  }
#define TILE_OF(of)                                                               \
  lanes scale = loadLanes((of)->scale), shift = loadLanes((of)->shift),           \
        low = (of)->low - (lanes){0}, high = (of)->high - (lanes){0};

#define SUMS_OF_TILE(kind)                                                               \
  CLONES static void kind##Sums(                                                         \
      const float *g, const float *x, const float *y, const channelsOf *of, size_t area, \
      size_t stride, float *gated, float *sums, float *products) {                       \
    TILE_OF(of)                                                                          \
    lanes mean = loadLanes(of->mean), inverse = loadLanes(of->inverse);                  \
    lanes sum = {0}, product = {0};                                                      \
    for (size_t start = 0; start < area; start += run) {                                 \
      size_t end = area - start < run ? area : start + run;                              \
      lanes s = {0}, p = {0};                                                            \
      for (size_t at = start * stride; at < end * stride; at += stride) {                \
        GATED(kind, counted)                                                             \
        if (gated) storeLanes(gated + at, counted);                                      \
        s += counted;                                                                    \
        p += counted * ((value - mean) * inverse);                                       \
      }                                                                                  \
      sum += s;                                                                          \
      product += p;                                                                      \
    }                                                                                    \
    storeLanes(sums, sum);                                                               \
    storeLanes(products, product);                                                       \
  }                                                                                      \
  CLONES static void kind##Input(                                                        \
      const float *g, const float *x, const float *y, const channelsOf *of,              \
      const float *slope, const float *offset, size_t area, size_t stride, float *dx) {  \
    TILE_OF(of)                                                                          \
    lanes a = loadLanes(slope), b = loadLanes(offset);                                   \
    for (size_t at = 0; at < area * stride; at += stride) {                              \
      GATED(kind, counted)                                                               \
      storeLanes(dx + at, counted * scale + value * a + b);                              \
    }                                                                                    \
  }

SUMS_OF_TILE(open)
SUMS_OF_TILE(computed)
SUMS_OF_TILE(given)

CLONES static void narrowSums(
    enum gate kind, const float *g, const float *x, const float *y, const channelsOf *of,
    size_t area, size_t stride, size_t width, float *gated, float *sums, float *products) {
  sumsOfRows(kind, g, x, y, *of, area, stride, width, gated, sums, products);
}

CLONES static void narrowInput(
    enum gate kind, const float *g, const float *x, const float *y, const channelsOf *of,
    const float *slope, const float *offset, size_t area, size_t stride, size_t width, float *dx) {
  inputOfRows(kind, g, x, y, *of, slope, offset, area, stride, width, dx);
}

static void sumsOf16(
    enum gate kind, const float *g, const float *x, const float *y, const channelsOf *of,
    size_t area, size_t stride, float *gated, float *sums, float *products) {
  if (kind == open)
    openSums(g, x, y, of, area, stride, gated, sums, products);
  else if (kind == computed)
    computedSums(g, x, y, of, area, stride, gated, sums, products);
  else
    givenSums(g, x, y, of, area, stride, gated, sums, products);
}

static void inputOf16(
    enum gate kind, const float *g, const float *x, const float *y, const channelsOf *of,
    const float *slope, const float *offset, size_t area, size_t stride, float *dx) {
  if (kind == open)
    openInput(g, x, y, of, slope, offset, area, stride, dx);
  else if (kind == computed)
    computedInput(g, x, y, of, slope, offset, area, stride, dx);
  else
    givenInput(g, x, y, of, slope, offset, area, stride, dx);
}

static enum gate gateOf(const tributary_norm_map *map, const float *y) {
  if (isinf(map->low) && isinf(map->high)) return open;
  return y ? given : computed;
}

// The channels of a narrow block as sixteen lanes.
typedef struct {
  float scale[tile], shift[tile], mean[tile], inverse[tile];
} sixteen;

static channelsOf lanesOf(const channelsOf *of, size_t block, sixteen *lanes) {
  repeat(of->scale, block, lanes->scale);
  repeat(of->shift, block, lanes->shift);
  repeat(of->mean, block, lanes->mean);
  repeat(of->inverse, block, lanes->inverse);
  return (channelsOf){lanes->scale, lanes->shift, lanes->mean, lanes->inverse, of->low, of->high};
}

static void sumsOfNarrow(
    enum gate kind, const float *g, const float *x, const float *y, const channelsOf *of,
    size_t area, size_t block, float *gated, float *sums, float *products) {
  sixteen lanes;
  channelsOf all = lanesOf(of, block, &lanes);
  float s[tile], p[tile], restSums[tile], restProducts[tile];
  double total[8] = {0}, weighted[8] = {0};
  size_t rows = area * block / tile, done = rows * tile, rest = area * block - done;
  sumsOf16(kind, g, x, y, &all, rows, tile, gated, s, p);
  narrowSums(
      kind, g + done, x + done, y ? y + done : NULL, &all, rest > 0, tile, rest,
      gated ? gated + done : NULL, restSums, restProducts);
  for (size_t c = 0; c < tile; c++) {
    total[c % block] += (double)s[c] + (c < rest ? restSums[c] : 0);
    weighted[c % block] += (double)p[c] + (c < rest ? restProducts[c] : 0);
  }
  for (size_t c = 0; c < block; c++) {
    sums[c] = (float)total[c];
    products[c] = (float)weighted[c];
  }
}

static void inputOfNarrow(
    enum gate kind, const float *g, const float *x, const float *y, const channelsOf *of,
    const float *slope, const float *offset, size_t area, size_t block, float *dx) {
  sixteen lanes;
  channelsOf all = lanesOf(of, block, &lanes);
  float a[tile], b[tile];
  repeat(slope, block, a);
  repeat(offset, block, b);
  size_t rows = area * block / tile, done = rows * tile, rest = area * block - done;
  inputOf16(kind, g, x, y, &all, a, b, rows, tile, dx);
  narrowInput(
      kind, g + done, x + done, y ? y + done : NULL, &all, a, b, rest > 0, tile, rest, dx + done);
}

void tributary_norm_sums(
    const tributary_norm *shape, tributary_norm_part part, const tributary_norm_map *map,
    const float *g, const float *x, const float *y, const float *mean, const float *inverse,
    float *gated, float *sums, float *products) {
  size_t area = shape->area, block = shape->block;
  enum gate kind = gateOf(map, y);
  FOR_GROUPS(shape, part) {
    size_t group = n * shape->groups + t;
    for (size_t c = 0; c < block; c += tile) {
      size_t at = group * area * block + c, k = t * block + c, o = group * block + c;
      channelsOf of = {map->scale + k, map->shift + k, mean + k, inverse + k, map->low, map->high};
      const float *given = y ? y + at : NULL;
      float *out = gated ? gated + at : NULL;
      if (isNarrow(block))
        sumsOfNarrow(kind, g + at, x + at, given, &of, area, block, out, sums + o, products + o);
      else if (block - c >= tile)
        sumsOf16(kind, g + at, x + at, given, &of, area, block, out, sums + o, products + o);
      else
        narrowSums(
            kind, g + at, x + at, given, &of, area, block, block - c, out, sums + o, products + o);
    }
  }
}

void tributary_norm_slopes(
    const tributary_norm *shape, tributary_norm_part part, const float *sums, const float *products,
    const float *mean, const float *inverse, const float *scale, float *dw, float *db, float *slope,
    float *offset) {
  size_t width = shape->groups * shape->block;
  double count = (double)shape->images * (double)shape->area;
  for (size_t c = part.begin * shape->block; c < part.end * shape->block; c++) {
    double sum = 0, product = 0;
    for (size_t n = 0; n < shape->images; n++) {
      sum += sums[n * width + c];
      product += products[n * width + c];
    }
    double steepness = -(double)scale[c] * inverse[c] * product / count;
    dw[c] = (float)product;
    db[c] = (float)sum;
    slope[c] = (float)steepness;
    offset[c] = (float)(-(double)scale[c] * sum / count - steepness * mean[c]);
  }
}

void tributary_norm_input(
    const tributary_norm *shape, tributary_norm_part part, const tributary_norm_map *map,
    const float *g, const float *x, const float *y, const float *slope, const float *offset,
    float *dx) {
  size_t area = shape->area, block = shape->block;
  enum gate kind = gateOf(map, y);
  FOR_GROUPS(shape, part) {
    for (size_t c = 0; c < block; c += tile) {
      size_t at = (n * shape->groups + t) * area * block + c, k = t * block + c;
      const float *scale = map->scale + k, *shift = map->shift + k, *given = y ? y + at : NULL;
      // Mean and inverse have done their part in the slope.
      channelsOf of = {scale, shift, shift, shift, map->low, map->high};
      if (isNarrow(block))
        inputOfNarrow(
            kind, g + at, x + at, given, &of, slope + k, offset + k, area, block, dx + at);
      else if (block - c >= tile)
        inputOf16(kind, g + at, x + at, given, &of, slope + k, offset + k, area, block, dx + at);
      else
        narrowInput(
            kind, g + at, x + at, given, &of, slope + k, offset + k, area, block, block - c,
            dx + at);
    }
  }
}
