#pragma once
#include <cblas.h>
#include <stddef.h>

// LAPACK, which OpenBLAS contains and of which its header says nothing. Column-major, all arguments by
// reference, and behind them the lengths of the texts, as gfortran passes them.

// Eigenvalues, rising, and eigenvectors of a symmetric matrix.
void dsyevd_(const char *job, const char *triangle, const int *n, double *a, const int *lda,
             double *values, double *work, const int *work_count, int *integers,
             const int *integer_count, int *info, size_t, size_t);

// The same of A x = w B x, with B positive definite.
void dsygvd_(const int *type, const char *job, const char *triangle, const int *n, double *a,
             const int *lda, double *b, const int *ldb, double *values, double *work,
             const int *work_count, int *integers, const int *integer_count, int *info, size_t,
             size_t);

// Cholesky's factor of a positive definite matrix, and solutions with it.
void dpotrf_(const char *triangle, const int *n, double *a, const int *lda, int *info, size_t);
void dpotrs_(const char *triangle, const int *n, const int *columns, const double *a,
             const int *lda, double *b, const int *ldb, int *info, size_t);

// Singular values, falling, and vectors.
void dgesdd_(const char *job, const int *m, const int *n, double *a, const int *lda,
             double *values, double *u, const int *ldu, double *vt, const int *ldvt, double *work,
             const int *work_count, int *integers, int *info, size_t);
