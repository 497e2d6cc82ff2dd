// What convolutions do to one block of channels on the way. To be included where `each_block.h` compiles.

// Mean and sum of squared deviations of `done` positions become those of `count` more (Chan et al. 1979).
INLINE void NAME(merge)(const float *y, size_t count, size_t done, float *means, float *squares) {
  vec mean = done ? from(means) : (vec){0}, square = done ? from(squares) : (vec){0};
  for (size_t start = 0; start < count; start += 64) {
    size_t end = count - start < 64 ? count : start + 64;
    vec sum = {0}, deviation = {0};
    for (size_t i = start; i < end; i++) sum += from(y + i * BLOCK);
    vec part = sum * splat(1.0f / (float)(end - start));
    for (size_t i = start; i < end; i++) {
      vec difference = from(y + i * BLOCK) - part;
      deviation = fused(difference, difference, deviation);
    }
    float share = (float)(end - start) / (float)(done + end);
    vec shift = part - mean;
    mean = fused(shift, splat(share), mean);
    square += deviation + shift * shift * splat((float)(done + start) * share);
  }
  at(means) = mean;
  at(squares) = square;
}

// to = from * scale + shift within the bounds, or a copy.
INLINE void NAME(mapped)(
    const float *source, const tributary_norm_map *map, size_t channel, size_t count, float *to) {
  if (!map) {
    memcpy(to, source, count * BLOCK * sizeof(float));
    return;
  }
  vec scale = from(map->scale + channel), shift = from(map->shift + channel);
  vec low = splat(map->low), high = splat(map->high);
  for (size_t i = 0; i < count; i++)
    at(to + i * BLOCK) = between(low, high, fused(from(source + i * BLOCK), scale, shift));
}

// The gradient of y from that of its norm's result, or a copy.
INLINE void NAME(sloped)(
    const float *g, const float *y, const tributary_norm_slope *slope, size_t channel, size_t count,
    float *to) {
  if (!slope) {
    memcpy(to, g, count * BLOCK * sizeof(float));
    return;
  }
  vec scale = from(slope->scale + channel), steepness = from(slope->slope + channel);
  vec offset = from(slope->offset + channel);
  for (size_t i = 0; i < count; i++)
    at(to + i * BLOCK) = fused(
        from(g + i * BLOCK), scale, fused(from(y + i * BLOCK), steepness, offset));
}

// Keeps of g what counts within the bounds of `mapped`, and adds to the sums of it and of it times the
// normalised x.
INLINE void NAME(gate)(
    const float *x, const float *mappedX, const tributary_norm_moments_of *of, size_t channel,
    size_t count, float *g, float *sums, float *products) {
  vec mean = from(of->mean + channel), inverse = from(of->inverse + channel);
  vec low = splat(of->map.low), high = splat(of->map.high);
  vec sum = {0}, product = {0};
  for (size_t i = 0; i < count; i++) {
    vec reached = from(mappedX + i * BLOCK);
    vec value = chosen((reached > low) & (reached < high), from(g + i * BLOCK));
    at(g + i * BLOCK) = value;
    sum += value;
    product = fused(value, (from(x + i * BLOCK) - mean) * inverse, product);
  }
  at(sums) = from(sums) + sum;
  at(products) = from(products) + product;
}
