#pragma once
#include <math.h>

/// The C library's functions of one number, for modules that may not import it.
static inline double tributary_power(double base, double exponent) { return pow(base, exponent); }
static inline double tributary_logarithm(double x) { return log(x); }
static inline double tributary_cosine(double x) { return cos(x); }
