#include "random.h"
#include "clones.h"

enum { blocks = 16, words = 4 * blocks, draws = 2 * words };

// Sixteen Philox blocks side by side, starting at counter `block`. Words of 32 bits live in 64-bit lanes,
// so that a product needs no widening.
INLINE void philox(uint64_t block, uint64_t key, uint64_t salt, uint32_t *out) {
  const uint64_t low = 0xffffffffu;
  uint64_t c0[blocks], c1[blocks], c2[blocks], c3[blocks];
  for (int i = 0; i < blocks; i++) {
    c0[i] = (block + i) & low;
    c1[i] = (block + i) >> 32;
    c2[i] = salt & low;
    c3[i] = salt >> 32;
  }
  uint64_t k0 = key & low, k1 = key >> 32;
  for (int round = 0; round < 10; round++) {
    for (int i = 0; i < blocks; i++) {
      uint64_t p0 = (c0[i] & low) * 0xD2511F53u;
      uint64_t p1 = (c2[i] & low) * 0xCD9E8D57u;
      c0[i] = (p1 >> 32) ^ c1[i] ^ k0;
      c1[i] = p1 & low;
      c2[i] = (p0 >> 32) ^ c3[i] ^ k1;
      c3[i] = p0 & low;
    }
    k0 = (k0 + 0x9E3779B9u) & low;
    k1 = (k1 + 0xBB67AE85u) & low;
  }
  for (int i = 0; i < blocks; i++) {
    out[4 * i] = (uint32_t)c0[i];
    out[4 * i + 1] = (uint32_t)c1[i];
    out[4 * i + 2] = (uint32_t)c2[i];
    out[4 * i + 3] = (uint32_t)c3[i];
  }
}

CLONES void tributary_dropout_mask(
    size_t first, size_t count, uint32_t threshold, uint64_t key, uint64_t salt, uint8_t *mask) {
  uint32_t random[words];
  for (size_t start = 0; start < count; start += draws) {
    philox((first + start) / 8, key, salt, random);
    uint8_t kept[draws];
    for (int i = 0; i < words; i++) {
      kept[2 * i] = (random[i] & 0xffffu) >= threshold;
      kept[2 * i + 1] = (random[i] >> 16) >= threshold;
    }
    size_t width = count - start < draws ? count - start : draws;
    for (size_t i = 0; i < width; i++) mask[start + i] = kept[i];
  }
}

CLONES void tributary_keep(
    const float *x, const uint8_t *mask, size_t count, float scale, float *y) {
  for (size_t i = 0; i < count; i++) y[i] = mask[i] ? scale * x[i] : 0.0f;
}
