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
    let hiddenShare = Tensor(uninitialized: [batch, width])
    copy(operands.hidden, to: hidden.data + before(times[0]))
    if let initial = operands.cell { copy(initial, to: extra.data + before(times[0])) }
    let weights = operands.hiddenWeights.contiguous()
    let packed = weights.packedGates(cell.gates)
    let ends = lengths?.integers
    ComputeTeam.run(members) { member in
      let own = share(of: member)
      let (row, unit) = (own.rows.lowerBound, own.units.lowerBound)
      let at = row * units + unit
      let u = hiddenShare.data + row * width + unit
      for step in times {
        let h = hidden.data + before(step)
        for gate in 0..<cell.gates {
          tributary_panel_product(
            h + row * units, units, own.rows.count,
            packed.floats + (gate * paddedUnits + unit) * units, units, own.units.count,
            u + gate * units, width)
        }
        let g = gates.data + (step * batch + row) * width + unit
        let (new, y) = (hidden.data + after(step) + at, joint.data + step * block + at)
        if cell == .lstm {
          tributary_lstm(
            g, u, extra.data + before(step) + at, h + at, ends.map { $0 + row }, Int32(step),
            own.rows.count, units, own.units.count, extra.data + after(step) + at, new, y)
        } else {
          tributary_gru(
            g, u, bias.data + unit, h + at, ends.map { $0 + row }, Int32(step), own.rows.count,
            units, own.units.count, extra.data + step * block + at, new, y)
        }
        if !isSharedByRows { member.meet() }
      }
    }
    let last = after(times[time - 1])
    (joint.data + time * block).update(from: hidden.data + last, count: block)
    if cell == .lstm {
      (joint.data + (time + 1) * block).update(from: extra.data + last, count: block)
    }
    withExtendedLifetime((hiddenShare, bias, lengths, weights, packed)) {}
    return (joint, Memory(gates: gates, hidden: hidden, extra: extra))
  }

  private func copy(_ source: Tensor, to target: UnsafeMutablePointer<Float>) {
    let plain = source.contiguous()
    withExtendedLifetime(plain) { target.update(from: plain.data, count: block) }
  }
}

/// A walk's work among the members of a team. Sequences do not depend on each other, so each member walks with its
/// own; but where the weights are more than a core's cache holds, each has its own hidden units of all sequences, in
/// whole panels, and waits for the others once a step.
extension RecurrentWalk {
  private static let panel = Int(tributary_panel)

  /// What one member computes.
  struct Share {
    let rows, units: Range<Int>
  }

  var isSharedByRows: Bool { shape.batch > 1 && weightCount <= 1 << 18 }

  /// Members for whom their share of the work is more than the waking, or in each step than the waiting.
  var members: Int {
    let step = shape.batch * weightCount
    let most = isSharedByRows ? (shape.batch, step * shape.time) : (panels, step)
    return max(1, min(most.0, most.1 >> 19))
  }

  func share(of member: ComputeTeam.Member) -> Share {
    func part(_ count: Int) -> Range<Int> {
      count * member.index / member.count..<count * (member.index + 1) / member.count
    }
    if isSharedByRows { return Share(rows: part(shape.batch), units: 0..<shape.units) }
    let own = part(panels)
    return Share(
      rows: 0..<shape.batch,
      units: own.lowerBound * Self.panel..<min(own.upperBound * Self.panel, shape.units))
  }

  private var weightCount: Int { cell.gates * shape.units * shape.units }
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
