internal import TributaryCore
public import TributaryTensor

/// A stack of LSTM or GRU layers over time-major sequences: `torch.nn.LSTM` and `torch.nn.GRU`.
///
/// x `[time, batch, inputs]`, y `[time, batch, directions * units]`. Tensors carry torch's names, layer l of
/// `weight_ih_l<l>` `[gates * units, inputs]`, `weight_hh_l<l>` `[gates * units, units]`, `bias_ih_l<l>` and
/// `bias_hh_l<l>`, with `_reverse` for the way back; all uniform within 1/sqrt(units), as torch's.
public struct Recurrent: Sendable {
  public let cell: RecurrentCell
  public let units: Int
  public let isBidirectional: Bool
  public let tensors: [TensorSpec]
  private let layers: [[Names]]
  private let dropouts: [Dropout]

  private struct Names: Sendable {
    let input, hidden, inputBias, hiddenBias: String
  }

  /// - Parameter dropout: on the outputs of every layer but the last.
  public init(
    _ name: String, cell: RecurrentCell, inputs: Int, units: Int, layers: Int = 1,
    isBidirectional: Bool = false, dropout: Float = 0
  ) {
    self.cell = cell
    self.units = units
    self.isBidirectional = isBidirectional
    let suffixes = isBidirectional ? ["", "_reverse"] : [""]
    self.layers = (0..<layers).map { layer in
      suffixes.map { suffix in
        func full(_ kind: String) -> String { "\(name).\(kind)_l\(layer)\(suffix)" }
        return Names(
          input: full("weight_ih"), hidden: full("weight_hh"), inputBias: full("bias_ih"),
          hiddenBias: full("bias_hh"))
      }
    }
    dropouts = (0..<layers - 1).map { Dropout("\(name).dropout.\($0)", probability: dropout) }
    let rows = cell.gates * units
    let initializer = Initializer.kaimingUniform(fanIn: units)
    tensors = self.layers.enumerated().flatMap { layer, directions in
      directions.flatMap { names in
        [
          TensorSpec(
            names.input, [rows, layer == 0 ? inputs : suffixes.count * units],
            initializer: initializer),
          TensorSpec(names.hidden, [rows, units], initializer: initializer),
          TensorSpec(names.inputBias, [rows], initializer: initializer),
          TensorSpec(names.hiddenBias, [rows], initializer: initializer),
        ]
      }
    }
  }

  /// - Parameters:
  ///   - lengths: int32 `[batch]`, where sequences end; nil: all are full.
  ///   - initial: a state for each layer and direction, as in the result; nil: zeros.
  /// - Returns: the last layer's outputs, and the states after each sequence's last step: layer by layer,
  ///   forward before reverse.
  public func callAsFunction(
    _ x: Tensor, lengths: Tensor? = nil, initial: [RecurrentState]? = nil, _ pass: Pass
  ) throws -> (output: Tensor, final: [RecurrentState]) {
    var x = x
    var final: [RecurrentState] = []
    for (layer, directions) in layers.enumerated() {
      var outputs: [Tensor] = []
      for (direction, names) in directions.enumerated() {
        let (output, state) = recurrent(
          x, cell: cell, weights: try weights(names, pass),
          initial: initial?[layer * directions.count + direction], lengths: lengths,
          reversed: direction == 1)
        outputs.append(output)
        final.append(state)
      }
      x = outputs.count == 1 ? outputs[0] : Tensor.concatenated(outputs, axis: 2)
      if layer < dropouts.count { x = try dropouts[layer](x, pass) }
    }
    return (x, final)
  }

  /// Values of the last layer's output at one step.
  public var outputs: Int { (isBidirectional ? 2 : 1) * units }

  /// The last layer's state after each sequence's last step, both directions joined: `[batch, outputs]`.
  public func lastState(_ x: Tensor, lengths: Tensor? = nil, _ pass: Pass) throws -> Tensor {
    let final = try callAsFunction(x, lengths: lengths, pass).final
    let last = final.suffix(isBidirectional ? 2 : 1).map(\.hidden)
    return last.count == 1 ? last[0] : Tensor.concatenated(last, axis: 1)
  }

  private func weights(_ names: Names, _ pass: Pass) throws -> RecurrentWeights {
    RecurrentWeights(
      input: try pass(names.input), hidden: try pass(names.hidden),
      biases: (try pass(names.inputBias), try pass(names.hiddenBias)))
  }
}
