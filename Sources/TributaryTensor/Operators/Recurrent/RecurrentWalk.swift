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
    copy(operands.hidden, to: hidden.data + before(times[0]))
    if let initial = operands.cell { copy(initial, to: extra.data + before(times[0])) }
    let weights = operands.hiddenWeights.contiguous()
    let packed = weights.packedGates(cell.gates)
    let ends = lengths?.integers
    ComputeTeam.run(members) { member in
      let own = hiddenUnits(of: member)
      for step in times {
        let h = hidden.data + before(step)
        for gate in 0..<cell.gates {
          tributary_panel_product(
            h, units, batch, packed.floats + (gate * paddedUnits + own.lowerBound) * units, units,
            own.count, share.data + gate * units + own.lowerBound, width)
        }
        let at = own.lowerBound
        let (g, u) = (gates.data + step * batch * width + at, share.data + at)
        let (new, y) = (hidden.data + after(step) + at, joint.data + step * block + at)
        if cell == .lstm {
          tributary_lstm(
            g, u, extra.data + before(step) + at, h + at, ends, Int32(step), batch, units,
            own.count, extra.data + after(step) + at, new, y)
        } else {
          tributary_gru(
            g, u, bias.data + at, h + at, ends, Int32(step), batch, units, own.count,
            extra.data + step * block + at, new, y)
        }
        member.meet()
      }
    }
    let last = after(times[time - 1])
    (joint.data + time * block).update(from: hidden.data + last, count: block)
    if cell == .lstm {
      (joint.data + (time + 1) * block).update(from: extra.data + last, count: block)
    }
    withExtendedLifetime((share, bias, lengths, weights, packed)) {}
    return (joint, Memory(gates: gates, hidden: hidden, extra: extra))
  }

  private func copy(_ source: Tensor, to target: UnsafeMutablePointer<Float>) {
    let plain = source.contiguous()
    withExtendedLifetime(plain) { target.update(from: plain.data, count: block) }
  }
}

/// The hidden units among the members of a team: each computes all gates of its own, in whole panels, and waits
/// for the others once a step.
extension RecurrentWalk {
  private static let panel = Int(tributary_panel)

  /// Members for whom a step's share of the work is more than the waiting.
  var members: Int {
    max(1, min(panels, (shape.batch * cell.gates * shape.units * shape.units) >> 19))
  }

  func hiddenUnits(of member: ComputeTeam.Member) -> Range<Int> {
    let first = panels * member.index / member.count * Self.panel
    let end = panels * (member.index + 1) / member.count * Self.panel
    return first..<min(end, shape.units)
  }

  private var panels: Int { (shape.units + Self.panel - 1) / Self.panel }
  private var paddedUnits: Int { panels * Self.panel }
}

extension Tensor {
  /// The transposes of `gates` matrices [units, units] that these weights [gates * units, units] are, each in
  /// panels; kept while the values are unchanged.
  fileprivate func packedGates(_ gates: Int) -> Storage {
    let units = shape[1]
    let padded = roundedUp(units, to: Int(tributary_panel))
    func pack() -> Storage {
      let packed = Storage(byteCount: 4 * gates * padded * units)
      let (source, target) = (data, packed.floats)
      parallel(gates, grain: Swift.max(1, elementGrain / (units * units))) {
        for gate in $0 {
          tributary_pack_panels(
            source + gate * units * units, 1, units, units, units,
            target + gate * padded * units)
        }
      }
      return packed
    }
    return offset == 0 ? storage.derived([gates, units], pack) : pack()
  }
}
