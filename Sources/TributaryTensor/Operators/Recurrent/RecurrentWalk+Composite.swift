internal import TributaryCore

extension RecurrentWalk {
  /// What `forward` computes, in elementary differentiable operators.
  func composite(_ operands: RecurrentOperands) -> Tensor {
    let (time, batch, units) = (shape.time, shape.batch, shape.units)
    let inputShare = linear(
      operands.x, weight: operands.inputWeights, bias: operands.biases?.input)
    var hidden = operands.hidden
    var memory = operands.cell
    var outputs = [Tensor](repeating: hidden, count: time)
    for step in times {
      let own = inputShare.sliced(axis: 0, step..<step + 1).reshaped([batch, -1])
      let share = linear(hidden, weight: operands.hiddenWeights, bias: operands.biases?.hidden)
      var (next, nextMemory) = advanced(own, share, hidden, memory)
      if let lengths {
        let goes = Tensor(
          lengths.ints().map { Float($0 > step ? 1 : 0) }, shape: [batch, 1])
        outputs[step] = next * goes
        next = next * goes + hidden * (1 - goes)
        nextMemory = memory.flatMap { old in nextMemory.map { $0 * goes + old * (1 - goes) } }
      } else {
        outputs[step] = next
      }
      (hidden, memory) = (next, nextMemory)
    }
    return Tensor.concatenated(
      (outputs + [hidden] + (memory.map { [$0] } ?? [])).map { $0.reshaped([1, batch, units]) },
      axis: 0)
  }

  private func advanced(
    _ own: Tensor, _ share: Tensor, _ hidden: Tensor, _ memory: Tensor?
  ) -> (Tensor, Tensor?) {
    func gate(_ x: Tensor, _ index: Int) -> Tensor {
      x.sliced(axis: 1, index * shape.units..<(index + 1) * shape.units)
    }
    if let memory {
      let sum = own + share
      let next =
        gate(sum, 1).sigmoid() * memory + gate(sum, 0).sigmoid() * gate(sum, 2).tanh()
      return (gate(sum, 3).sigmoid() * next.tanh(), next)
    }
    let reset = (gate(own, 0) + gate(share, 0)).sigmoid()
    let update = (gate(own, 1) + gate(share, 1)).sigmoid()
    let fresh = (gate(own, 2) + reset * gate(share, 2)).tanh()
    return ((1 - update) * fresh + update * hidden, nil)
  }
}
