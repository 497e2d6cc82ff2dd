internal import CTributaryKernels
internal import TributaryCore

/// The steps of a recurrent layer through time: the inputs' share of all gates as one product before, then a
/// product with the hidden state and one fused kernel a step.
struct RecurrentWalk {
  let cell: RecurrentCell
  let shape: RecurrentShape
  let lengths: Tensor?
  let isReversed: Bool

  /// What the way back needs. States stand by time, with the initial one before the first or behind the last.
  struct Memory {
    /// [time, batch, gates * units], after their functions.
    var gates: Tensor
    /// [time + 1, batch, units]
    var hidden: Tensor
    /// An LSTM's cells [time + 1, batch, units]; a GRU's hidden share of its candidate, [time, ...].
    var extra: Tensor
  }

  var block: Int { shape.batch * shape.units }
  var times: [Int] { isReversed ? Array((0..<shape.time).reversed()) : Array(0..<shape.time) }
  /// Where the state before and after the step at `time` stands.
  func before(_ time: Int) -> Int { (isReversed ? time + 1 : time) * block }
  func after(_ time: Int) -> Int { (isReversed ? time : time + 1) * block }

  /// The outputs, and behind them the final states; without history.
  func forward(_ operands: RecurrentOperands) -> (joint: Tensor, memory: Memory) {
    let (time, batch, units) = (shape.time, shape.batch, shape.units)
    let width = cell.gates * units
    let gates = withoutGradient {
      linear(
        operands.x.reshaped([time * batch, shape.inputs]), weight: operands.inputWeights,
        bias: operands.biases.map { cell == .lstm ? $0.input + $0.hidden : $0.input })
    }
    let bias = operands.biases?.hidden.contiguous() ?? .zeros([width])
    let hidden = Tensor(uninitialized: [time + 1, batch, units])
    let extra = Tensor(uninitialized: [cell == .lstm ? time + 1 : time, batch, units])
    let joint = Tensor(uninitialized: [time + (cell == .lstm ? 2 : 1), batch, units])
    let share = Tensor(uninitialized: [batch, width])
    let product = RecurrentProduct(
      rows: batch, weights: operands.hiddenWeights, transposed: true)
    copy(operands.hidden, to: hidden.data + before(times[0]))
    if let initial = operands.cell { copy(initial, to: extra.data + before(times[0])) }
    for step in times {
      product.run(hidden.data + before(step), into: share.data)
      let ends = lengths?.integers
      parallel(batch, grain: grain) { rows in
        let (at, wide) = (rows.lowerBound * units, rows.lowerBound * width)
        let g = gates.data + step * batch * width + wide
        let (h, new) = (hidden.data + before(step) + at, hidden.data + after(step) + at)
        let y = joint.data + step * block + at
        let stops = ends.map { $0 + rows.lowerBound }
        if cell == .lstm {
          tributary_lstm(
            g, share.data + wide, extra.data + before(step) + at, h, stops, Int32(step),
            rows.count, units, extra.data + after(step) + at, new, y)
        } else {
          tributary_gru(
            g, share.data + wide, bias.data, h, stops, Int32(step), rows.count, units,
            extra.data + step * block + at, new, y)
        }
      }
    }
    let last = after(times[time - 1])
    (joint.data + time * block).update(from: hidden.data + last, count: block)
    if cell == .lstm {
      (joint.data + (time + 1) * block).update(from: extra.data + last, count: block)
    }
    withExtendedLifetime((share, bias, lengths)) {}
    return (joint, Memory(gates: gates, hidden: hidden, extra: extra))
  }

  /// Rows of the batch worth a thread.
  var grain: Int { max(1, 2 * mathGrain / (cell.gates * shape.units)) }

  private func copy(_ source: Tensor, to target: UnsafeMutablePointer<Float>) {
    let plain = source.contiguous()
    withExtendedLifetime(plain) { target.update(from: plain.data, count: block) }
  }
}

/// [rows, k] times one matrix, again and again: the matrix in the library's own format.
struct RecurrentProduct {
  private let plan: MatrixPlan
  private let packed: Storage

  /// `weights` [k, n], or [n, k] where `transposed`.
  init(rows: Int, weights: Tensor, transposed: Bool) {
    let plain = weights.contiguous()
    let (k, n) = (plain.shape[transposed ? 1 : 0], plain.shape[transposed ? 0 : 1])
    plan = MatrixPlan.cached(
      MatrixPlan.Geometry(
        m: rows, k: k, n: n, source: (k, 1), target: n, transposed: transposed))
    packed = plan.packed(plain)
  }

  func run(_ x: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>) {
    plan.run(x, packed.pointer, nil, into: y)
  }
}
