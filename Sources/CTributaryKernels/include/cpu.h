#pragma once

/// Whether the CPU is one of Intel's.
int tributary_cpu_is_intel(void);
