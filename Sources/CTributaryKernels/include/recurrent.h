#pragma once
#include <stddef.h>
#include <stdint.h>

/// One time step of `rows` sequences with `units` hidden units, of which those `count` are computed at which
/// the pointers begin; blocks of [rows, units] unless said otherwise, gates in PyTorch's order. A sequence
/// of `lengths` (NULL: all go on) that is over at `time` keeps its state, and its output is 0.

/// `gates` [rows, 4 units] holds the input's share and becomes the gates i, f, g, o; `recurrent` [rows, 4
/// units] is the hidden state's share.
void tributary_lstm(
    float *gates, const float *recurrent, const float *cellBefore, const float *hiddenBefore,
    const int32_t *lengths, int32_t time, size_t rows, size_t units, size_t count,
    float *cell, float *hidden, float *output);
/// `fromNext` and `past` are the two parts of the hidden state's gradient from the later step, `dOutput`
/// that of the output; `dCell` goes from the later step's to the earlier's. `past` becomes what goes past
/// the product with the weights.
void tributary_lstm_backward(
    const float *gates, const float *cell, const float *cellBefore, const float *dOutput,
    const float *fromNext, const int32_t *lengths, int32_t time, size_t rows, size_t units,
    size_t count, float *past, float *dCell, float *dGates);

/// `gates` [rows, 3 units] holds the input's share and becomes the gates r, z, n; `recurrent` [rows, 3
/// units] is the hidden state's share, to which `bias` [3 units] belongs; `candidate` keeps its
/// last third.
void tributary_gru(
    float *gates, const float *recurrent, const float *bias, const float *hiddenBefore,
    const int32_t *lengths, int32_t time, size_t rows, size_t units, size_t count,
    float *candidate, float *hidden, float *output);
/// As `tributary_lstm_backward`; `dRecurrent` is the gradient of the hidden state's share.
void tributary_gru_backward(
    const float *gates, const float *candidate, const float *hiddenBefore, const float *dOutput,
    const float *fromNext, const int32_t *lengths, int32_t time, size_t rows, size_t units,
    size_t count, float *past, float *dGates, float *dRecurrent);
