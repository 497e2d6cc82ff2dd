#pragma once
// One body, compiled for AVX-512, for AVX2 and for the baseline; the loader picks by CPU. Contraction
// into fused multiply-add is off, so all three give the same bits.
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))
