#pragma once
#include <stddef.h>

/// Whether the CPU is one of Intel's.
int tributary_cpu_is_intel(void);
/// Whether the CPU has vectors of `lanes` float32 values with fused multiply-add: 16 (AVX-512) or 8 (AVX2).
int tributary_cpu_multiplies(size_t lanes);
