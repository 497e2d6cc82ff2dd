internal import CTributaryKernels
internal import TributaryCore

extension RecurrentWalk {
  /// The gradients of the operands, in their order, from that of `forward`'s joint result.
  func backward(
    _ operands: RecurrentOperands, _ memory: Memory, _ gradient: Tensor, needs: [Bool]
  ) -> [Tensor?] {
    let (time, batch, units) = (shape.time, shape.batch, shape.units)
    let state: Shape = [batch, units]
    let width = cell.gates * units
    let flat: Shape = [time * batch, width]
    let inputShare = Tensor(uninitialized: flat)
    // A GRU's hidden share differs from its input's by the reset gate.
    let hiddenShare = cell == .lstm ? inputShare : Tensor(uninitialized: flat)
    let fromNext = Tensor(uninitialized: state)
    let past = Tensor.zeros(state)
    let dCell = Tensor(uninitialized: state)
    fromNext.data.update(from: gradient.data + time * block, count: block)
    if cell == .lstm {
      dCell.data.update(from: gradient.data + (time + 1) * block, count: block)
    }
    let weights = operands.hiddenWeights.contiguous()
    ComputeTeam.run(members) { member in
      let own = share(of: member)
      let (row, unit) = (own.rows.lowerBound, own.units.lowerBound)
      for step in times.reversed() {
        backward(step, own, memory, gradient, fromNext, past, dCell, inputShare, hiddenShare)
        if !isSharedByRows { member.meet() }
        tributary_few_rows_product(
          hiddenShare.data + (step * batch + row) * width, width, own.rows.count,
          weights.data + unit, units, width, own.units.count, fromNext.data + row * units + unit,
          units)
      }
    }
    withExtendedLifetime((lengths, weights)) {}
    let states = Tensor(
      shape: [time * batch, units], storage: memory.hidden.storage,
      offset: isReversed ? block : 0)
    var results: [Tensor?] = [
      needs[0] ? matmul(inputShare, operands.inputWeights).reshaped(operands.x.shape) : nil,
      needs[1]
        ? matmul(
          inputShare, operands.x.reshaped([time * batch, shape.inputs]), transposeA: true) : nil,
      needs[2] ? matmul(hiddenShare, states, transposeA: true) : nil,
      needs[3] ? fromNext + past : nil,
    ]
    if cell == .lstm { results.append(dCell) }
    if operands.biases != nil {
      let first = inputShare.sum(axes: [0])
      results += [first, cell == .lstm ? first : hiddenShare.sum(axes: [0])]
    }
    return results
  }

  /// The elementwise part of a step, of a member's share.
  private func backward(
    _ step: Int, _ own: Share, _ memory: Memory, _ gradient: Tensor, _ fromNext: Tensor,
    _ past: Tensor, _ dCell: Tensor, _ inputShare: Tensor, _ hiddenShare: Tensor
  ) {
    let (row, unit) = (own.rows.lowerBound, own.units.lowerBound)
    let at = row * shape.units + unit
    let wide = (step * shape.batch + row) * cell.gates * shape.units + unit
    let ends = lengths.map { $0.integers + row }
    let dy = gradient.data + step * block + at
    if cell == .lstm {
      tributary_lstm_backward(
        memory.gates.data + wide, memory.extra.data + after(step) + at,
        memory.extra.data + before(step) + at, dy, fromNext.data + at, ends, Int32(step),
        own.rows.count, shape.units, own.units.count, past.data + at, dCell.data + at,
        inputShare.data + wide)
    } else {
      tributary_gru_backward(
        memory.gates.data + wide, memory.extra.data + step * block + at,
        memory.hidden.data + before(step) + at, dy, fromNext.data + at, ends, Int32(step),
        own.rows.count, shape.units, own.units.count, past.data + at, inputShare.data + wide,
        hiddenShare.data + wide)
    }
  }
}
