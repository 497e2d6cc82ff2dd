// How fast the matrix products of MiniLM's training step can be here, beside what the CPU's FMA units give:
//   cc -O2 -fopenmp roofline.c -ldnnl -o roofline && OMP_NUM_THREADS=1 ./roofline [tokens]
// One line a shape: GFLOP/s of dnnl_sgemm, best of half a second; then the seconds of a step that are products.
#include <dnnl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

// Sixteen lanes, twenty-four independent sums: what no product can exceed. GFLOP/s of one thread.
static double peak(void) {
  long rounds = 200000;
  double start = now();
  __asm__ volatile(
      "1:\n.irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23\n"
      "vfmadd231ps %%zmm30, %%zmm31, %%zmm\\r\n.endr\n"
      "dec %0\njnz 1b\n"
      : "+r"(rounds)
      :
      : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
        "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  return 200000.0 * 24 * 32 / (now() - start) * 1e-9;
}

static double peakOfAll(void) {
  double sum = 0;
#pragma omp parallel reduction(+ : sum)
  sum += peak();
  return sum;
}

static float *matrix(size_t count) {
  float *x = aligned_alloc(64, 4 * count);
  for (size_t i = 0; i < count; i++) x[i] = (float)(rand() % 2001 - 1000) * 1e-3f;
  return x;
}

static double rate(char transA, char transB, long m, long n, long k) {
  float *a = matrix(m * k), *b = matrix(k * n), *c = matrix(m * n);
  double best = 1e9, begin = now();
  while (now() - begin < 0.5) {
    double start = now();
    dnnl_sgemm(
        transA, transB, m, n, k, 1, a, transA == 'N' ? k : m, b, transB == 'N' ? n : k, 0, c, n);
    double seconds = now() - start;
    if (seconds < best) best = seconds;
  }
  free(a), free(b), free(c);
  return 2e-9 * m * n * k / best;
}

int main(int count, char **words) {
  long tokens = count > 1 ? atol(words[1]) : 1024, d = 384, f = 1536;
  double top = 0, seconds = 0, work = 0;
  // Times a layer, and the shape: value, gradient of the input, gradient of the weights.
  struct { int times; char *what, a, b; long m, n, k; } shapes[] = {
    {4, "projection", 'N', 'T', tokens, d, d},       {1, "up", 'N', 'T', tokens, f, d},
    {1, "down", 'N', 'T', tokens, d, f},             {4, "projection, input", 'N', 'N', tokens, d, d},
    {1, "up, input", 'N', 'N', tokens, d, f},        {1, "down, input", 'N', 'N', tokens, f, d},
    {4, "projection, weights", 'T', 'N', d, d, tokens}, {1, "up, weights", 'T', 'N', f, d, tokens},
    {1, "down, weights", 'T', 'N', d, f, tokens}};
  for (int i = 0; i < 50; i++) {
    double found = peakOfAll();
    if (found > top) top = found;
  }
  printf("%-20s %7.1f\n", "FMA units", top);
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
    double found = rate(shapes[i].a, shapes[i].b, shapes[i].m, shapes[i].n, shapes[i].k);
    double share = 2e-9 * shapes[i].times * shapes[i].m * shapes[i].n * shapes[i].k;
    printf("%-20s %7.1f\n", shapes[i].what, found);
    // Five whole layers; of the sixth, keys and values, the rest being for one token of each text.
    double layers = 5 + (shapes[i].times == 4 ? 0.5 : 0);
    seconds += layers * share / found;
    work += layers * share;
  }
  printf(
      "a step: %.1f GFLOP, %.3f s at these rates (%.0f %% of the units'), so no more than %.0f "
      "texts of 32 tokens/s\n",
      work, seconds, 100 * work / seconds / top, tokens / 32 / seconds);
}
