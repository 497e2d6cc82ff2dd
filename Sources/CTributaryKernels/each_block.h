// Compiles KERNELS for tensors blocked by 16 channels (AVX-512) and by 8 (AVX2 with FMA): names end in the
// block, and a vector holds one position's channels. To be included once a file.
#if defined(__x86_64__)
#include <immintrin.h>

#define vec NAME(vec)
#define at(address) (*(NAME(anywhere) *)(address))
#define from(address) (*(const NAME(anywhere) *)(address))
#define fused(a, b, c) __builtin_elementwise_fma(a, b, c)
// Subtracting 0 keeps every float as it is.
#define splat(value) ((float)(value) - (vec){0})
// Keeps NaN in `value`.
#define between(low, high, value) smaller(high, larger(low, value))
#define chosen(mask, value) ((vec)((NAME(bits))(mask) & (NAME(bits))(value)))
#define VECTORS                                                                    \
  typedef float NAME(vec) __attribute__((vector_size(4 * BLOCK)));                 \
  typedef float NAME(anywhere) __attribute__((vector_size(4 * BLOCK), aligned(4))); \
  typedef int NAME(bits) __attribute__((vector_size(4 * BLOCK)));
#define UNROLL _Pragma("clang loop unroll(full)")

// The stack is aligned for the vectors that do not fit into registers.
#define TARGET static __attribute__((force_align_arg_pointer, target("avx512f")))
#undef INLINE
#define INLINE static inline __attribute__((always_inline, target("avx512f")))
#define BLOCK 16
#define larger(a, b) ((vec)_mm512_max_ps(a, b))
#define smaller(a, b) ((vec)_mm512_min_ps(a, b))
#define ROWS 12
#define NAME(x) x##16
VECTORS
#include KERNELS
#undef TARGET
#undef BLOCK
#undef larger
#undef smaller
#undef ROWS
#undef NAME

#define TARGET static __attribute__((force_align_arg_pointer, target("avx2,fma")))
#undef INLINE
#define INLINE static inline __attribute__((always_inline, target("avx2,fma")))
#define BLOCK 8
#define larger(a, b) ((vec)_mm256_max_ps(a, b))
#define smaller(a, b) ((vec)_mm256_min_ps(a, b))
#define ROWS 6
#define NAME(x) x##8
VECTORS
#include KERNELS

#define CHOOSE(block, name, ...) \
  do {                           \
    if ((block) == 16)           \
      name##16(__VA_ARGS__);     \
    else                         \
      name##8(__VA_ARGS__);      \
  } while (0)

#else

#define CHOOSE(block, name, ...) \
  do {                           \
  } while (0)

#endif
