#include "random.h"
#include "clones.h"

enum { blocks = 16, words = 4 * blocks };

// Sixteen Philox blocks side by side, starting at counter `block`.
INLINE void philox(uint64_t block, uint64_t key, uint64_t salt, uint32_t *out) {
  uint32_t c0[blocks], c1[blocks], c2[blocks], c3[blocks];
  for (int i = 0; i < blocks; i++) {
    c0[i] = (uint32_t)(block + i);
    c1[i] = (uint32_t)((block + i) >> 32);
    c2[i] = (uint32_t)salt;
    c3[i] = (uint32_t)(salt >> 32);
  }
  uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < blocks; i++) {
      uint64_t p0 = (uint64_t)c0[i] * 0xD2511F53u;
      uint64_t p1 = (uint64_t)c2[i] * 0xCD9E8D57u;
      c0[i] = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0;
      c1[i] = (uint32_t)p1;
      c2[i] = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
      c3[i] = (uint32_t)p0;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  for (int i = 0; i < blocks; i++) {
    out[4 * i] = c0[i];
    out[4 * i + 1] = c1[i];
    out[4 * i + 2] = c2[i];
    out[4 * i + 3] = c3[i];
  }
}

CLONES void tributary_dropout(
    const float *x, size_t first, size_t count, uint32_t threshold, float scale, uint64_t key,
    uint64_t salt, float *y) {
  uint32_t random[words];
  for (size_t start = 0; start < count; start += words) {
    philox((first + start) / 4, key, salt, random);
    size_t width = count - start < words ? count - start : words;
    for (size_t i = 0; i < width; i++)
      y[start + i] = random[i] < threshold ? 0.0f : scale * x[start + i];
  }
}
