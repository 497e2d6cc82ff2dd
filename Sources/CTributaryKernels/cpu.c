#include "cpu.h"

int tributary_cpu_is_intel(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_is("intel") != 0;
#else
  return 0;
#endif
}

int tributary_cpu_multiplies(size_t lanes) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (lanes == 16) return __builtin_cpu_supports("avx512f");
  return lanes == 8 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  (void)lanes;
  return 0;
#endif
}
