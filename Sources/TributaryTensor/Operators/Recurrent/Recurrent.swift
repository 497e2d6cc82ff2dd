internal import TributaryCore

/// One direction of a recurrent layer over time-major sequences, as torch.nn.LSTM and torch.nn.GRU.
///
/// - Parameters:
///   - x: [time, batch, inputs].
///   - initial: zeros where nil.
///   - lengths: int32 [batch]; what lies behind a sequence's end is neither read nor written: its output is 0
///     and its final state is that of its own end, as for torch's packed sequences. nil: all are full.
///   - reversed: from each sequence's end to its beginning.
/// - Returns: the hidden states [time, batch, units], and the state after the last step. Differentiable twice;
///   the second time step by step in elementary operators.
public func recurrent(
  _ x: Tensor, cell: RecurrentCell, weights: RecurrentWeights, initial: RecurrentState? = nil,
  lengths: Tensor? = nil, reversed: Bool = false
) -> (output: Tensor, final: RecurrentState) {
  let shape = RecurrentShape(x, cell, weights, initial, lengths)
  let x = x.contiguous()
  let zeros = Tensor.zeros([shape.batch, shape.units])
  var inputs = [x, weights.input, weights.hidden, initial?.hidden ?? zeros]
  if cell == .lstm { inputs.append(initial?.cell ?? zeros) }
  if let biases = weights.biases { inputs += [biases.input, biases.hidden] }
  let walk = RecurrentWalk(
    cell: cell, shape: shape, lengths: lengths?.contiguous(), isReversed: reversed)
  let (joint, memory) = walk.forward(RecurrentOperands(inputs.map(\.detached), cell))
  let result = joint.recorded(inputs) { gradient, call in
    if isRecording {
      return differentiated(inputs, seed: gradient) { walk.composite(RecurrentOperands($0, cell)) }
    }
    return walk.backward(
      RecurrentOperands(inputs.map(\.detached), cell), memory, gradient.contiguous(),
      needs: call.needs)
  }
  // What the walk gives is one tensor [time + 1 or 2, batch, units]: outputs, final h, final c.
  func state(_ index: Int) -> Tensor {
    result.sliced(axis: 0, index..<index + 1).reshaped([shape.batch, shape.units])
  }
  return (
    result.sliced(axis: 0, 0..<shape.time),
    RecurrentState(
      hidden: state(shape.time), cell: cell == .lstm ? state(shape.time + 1) : nil)
  )
}

/// The extents of a walk, checked.
struct RecurrentShape {
  let time, batch, inputs, units: Int

  init(
    _ x: Tensor, _ cell: RecurrentCell, _ weights: RecurrentWeights, _ initial: RecurrentState?,
    _ lengths: Tensor?
  ) {
    require(
      x.rank == 3 && x.shape[0] > 0 && weights.hidden.rank == 2,
      "recurrent: x \(x.shape), weights \(weights.hidden.shape)")
    (time, batch, inputs) = (x.shape[0], x.shape[1], x.shape[2])
    units = weights.hidden.shape[1]
    let rows = cell.gates * units
    require(
      weights.input.shape == [rows, inputs] && weights.hidden.shape == [rows, units],
      "recurrent: \(cell) with weights \(weights.input.shape) and \(weights.hidden.shape)")
    if let biases = weights.biases {
      require(
        biases.input.shape == [rows] && biases.hidden.shape == [rows],
        "recurrent: biases \(biases.input.shape) and \(biases.hidden.shape)")
    }
    if let initial {
      let expected: Shape = [batch, units]
      require(
        initial.hidden.shape == expected && (initial.cell != nil) == (cell == .lstm)
          && initial.cell.map { $0.shape == expected } ?? true,
        "recurrent: an initial state \(initial.hidden.shape) for \(expected)")
    }
    require(
      lengths.map { $0.dtype == .int32 && $0.shape == [batch] } ?? true,
      "recurrent: lengths \(lengths?.shape ?? []) for \(batch) sequences")
  }
}

/// The inputs of the operation by name, in the order of its parents.
struct RecurrentOperands {
  let x, inputWeights, hiddenWeights, hidden: Tensor
  let cell: Tensor?
  let biases: (input: Tensor, hidden: Tensor)?

  init(_ inputs: [Tensor], _ kind: RecurrentCell) {
    (x, inputWeights, hiddenWeights, hidden) = (inputs[0], inputs[1], inputs[2], inputs[3])
    cell = kind == .lstm ? inputs[4] : nil
    let next = kind == .lstm ? 5 : 4
    biases = inputs.count > next ? (inputs[next], inputs[next + 1]) : nil
  }
}
