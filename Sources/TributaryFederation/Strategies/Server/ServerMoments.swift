internal import TributaryCore

/// What a server optimiser remembers of one element of the model.
public struct ServerMoments: Sendable {
  var first = 0.0
  var second = 0.0
}

/// The state of a server optimiser: for every float32 tensor `w` of the model `first/w` and, where it has
/// two moments, `second/w`, in float32.
struct ServerMomentsState {
  private let prefixes: [String]

  /// - Parameter count: the moments an element has, 1 or 2.
  init(count: Int) { prefixes = Array(["first/", "second/"].prefix(count)) }

  func initial(
    for globals: ParameterTree<HostTensor>, second: Float
  ) -> ParameterTree<HostTensor> {
    let tensors = globals.filter { $1.dtype == .float32 }
    return ParameterTree(
      zip(prefixes, [0, second]).flatMap { prefix, value in
        tensors.map { name, tensor in
          let count = tensor.shape.elementCount
          return (
            prefix + name,
            HostTensor([Float](repeating: value, count: count), shape: tensor.shape)
          )
        }
      })
  }

  /// The globals moved by what `rule` makes of every element of the mean update and of its moments.
  ///
  /// Buffers and integers move by the plain mean. Computed in float64, each result rounded once.
  /// - Throws: `update.names`, `update.shape`, `model.nonFinite`.
  @inline(__always)
  func step(
    _ input: ServerStepInput, rule: (_ delta: Double, _ moments: inout ServerMoments) -> Double
  ) throws -> ServerStepOutput {
    var output = ServerStepOutput(
      globals: try ServerStep.moved(input, by: 1), state: input.state)
    for (name, tensor) in input.globals
    where tensor.dtype == .float32 && !input.buffers.contains(name) {
      guard let mean = input.mean[name] else { continue }
      var moments = try prefixes.map { prefix in
        try self.moment(prefix + name, in: input.state, like: tensor)
      }
      var values = try tensor.floats()
      mean.withFloats { mean in
        for index in values.indices {
          var element = ServerMoments(first: Double(moments[0][index]))
          if moments.count > 1 { element.second = Double(moments[1][index]) }
          let step = rule(Double(mean[index]), &element)
          values[index] = Float(Double(values[index]) + step)
          moments[0][index] = Float(element.first)
          if moments.count > 1 { moments[1][index] = Float(element.second) }
        }
      }
      output.globals[name] = try ServerStep.finite(
        HostTensor(values, shape: tensor.shape), called: name)
      for (prefix, values) in zip(prefixes, moments) {
        output.state[prefix + name] = HostTensor(values, shape: tensor.shape)
      }
    }
    return output
  }

  private func moment(
    _ name: String, in state: ParameterTree<HostTensor>, like tensor: HostTensor
  ) throws -> [Float] {
    guard let moment = state[name], moment.shape == tensor.shape else {
      throw TributaryError(
        "strategy.state", "the strategy's state has no \(name) of shape \(tensor.shape)",
        advice: "a run goes on with the strategy that it was begun with")
    }
    return try moment.floats()
  }
}
