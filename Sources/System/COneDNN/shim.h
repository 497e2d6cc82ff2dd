#pragma once
#include <dnnl.h>

// oneDNN's Debian build runs on libgomp, whose header only GCC installs. The three entry points below
// pin the calling thread's team and run our own loops on the same team, so the two never compete.
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_in_parallel(void);
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
