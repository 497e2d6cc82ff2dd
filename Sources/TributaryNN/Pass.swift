public import TributaryCore
public import TributaryTensor

/// One forward pass: parameters by name, the mode, and the randomness of dropout.
///
/// A pass also collects the new running statistics of batch norms. It belongs to one thread and one
/// batch; a new batch takes a new pass.
public final class Pass {
  /// Whether this pass trains, and what.
  public enum Mode: Sendable {
    case inference
    /// Only the named tensors move. What lies below the first of them runs as in inference.
    case training(trainable: Set<String>)
    /// As inference, but that the batch norms whose weights are named normalise by the batch's statistics, which the
    /// pass collects as they are: for statistics of other examples.
    case estimating(norms: Set<String>)
  }

  public let mode: Mode
  public let key: RandomKey
  /// New running statistics by buffer name, without gradient history; what training must store.
  public private(set) var bufferUpdates: [String: Tensor] = [:]

  /// What layers handed to `capture`, of the names asked for, as they came: with their gradient history.
  public private(set) var captured: [String: Tensor] = [:]

  /// What is added to the model's layers, whose tensors are among the others; nil: layers look for nothing.
  public private(set) var adapters: Adapters?
  /// Whether the parts of a model that run in `checkpointed` keep nothing for their gradients.
  public let isCheckpointing: Bool
  /// Whether dropout drops anything; batch norms may take a batch's statistics without it.
  public let isDroppingOut: Bool
  private var capturing: Set<String>
  private let parameters: ParameterTree<Tensor>
  private let frozen: ParameterTree<Tensor>
  private let trainable: Set<String>
  private var hasPassedTrainable = false
  /// While a checkpointed part runs: the tensors it has asked for.
  private var lookups: [String: Tensor]?

  /// - Parameters:
  ///   - parameters: tensors and buffers by name; looked up first.
  ///   - frozen: more of them, so that nobody has to merge trees in every step.
  ///   - capturing: names of a model's layers (`Model.layerNames`) whose outputs `captured` shall hold.
  ///   - isCheckpointing: whether training computes the insides of a model's blocks twice rather than keep
  ///     them; a pass that captures layers keeps them all the same.
  public init(
    parameters: ParameterTree<Tensor>, frozen: ParameterTree<Tensor> = [:],
    mode: Mode = .inference, key: RandomKey = RandomKey(seed: 0), capturing: Set<String> = [],
    isCheckpointing: Bool = false, isDroppingOut: Bool = true
  ) {
    self.isDroppingOut = isDroppingOut
    self.isCheckpointing = isCheckpointing
    self.capturing = capturing
    self.parameters = parameters
    self.frozen = frozen
    self.mode = mode
    self.key = key
    switch mode {
    case .inference: trainable = []
    case .training(let names), .estimating(let names): trainable = names
    }
  }

  /// The tensor called `name`.
  ///
  /// - Throws: `model.tensor` where the pass was given no tensor of that name.
  public func callAsFunction(_ name: String) throws -> Tensor {
    if let tensor = find(name) { return tensor }
    throw TributaryError("model.tensor", "the model has no tensor \(name)")
  }

  /// The tensor called `name`, if the pass was given one.
  public func find(_ name: String) -> Tensor? {
    if !hasPassedTrainable && !trainable.isEmpty && trainable.contains(name) {
      hasPassedTrainable = true
    }
    let tensor = parameters[name] ?? frozen[name]
    if let tensor, lookups != nil { lookups?[name] = tensor }
    return tensor
  }

  /// From here on the layers of the model find `adapters` beside them.
  public func adapt(by adapters: Adapters) { self.adapters = adapters }

  /// What stands beside the layer whose matrix is called `weight`; nil also where its tensors are not in this pass,
  /// as in one of a model into which they were merged.
  func adapter(of weight: String) -> (any LayerAdapter)? {
    guard let adapter = adapters?.layers[weight], let first = adapter.tensors.first,
      parameters.contains(first.name) || frozen.contains(first.name)
    else { return nil }
    return adapter
  }

  /// Whether something stands beside the layer whose matrix is called `weight`.
  public func isAdapted(_ weight: String) -> Bool { adapter(of: weight) != nil }

  /// Whether this pass trains the tensor called `name`.
  public func isTrainable(_ name: String) -> Bool {
    !trainable.isEmpty && trainable.contains(name)
  }

  /// Whether some tensor used so far in this pass moves: from here on gradients flow back.
  public var isAboveTrainable: Bool { hasPassedTrainable && !isEstimating }

  /// Whether batch statistics are wanted themselves, not mixed into the running ones.
  var isEstimating: Bool {
    guard case .estimating = mode else { return false }
    return true
  }

  /// Has the outputs of these layers kept, too.
  public func capture(alsoOf names: [String]) { capturing.formUnion(names) }

  /// Whether `capture` keeps the output of the layer called `name`.
  public func isCapturing(_ name: String) -> Bool { capturing.contains(name) }

  /// Keeps `x`, the output of the layer called `name`, where this pass was asked to.
  public func capture(_ name: String, _ x: @autoclosure () -> Tensor) {
    if !capturing.isEmpty && capturing.contains(name) { captured[name] = x() }
  }

  func updateBuffer(_ name: String, to value: Tensor) { bufferUpdates[name] = value.detached }

  /// `body` of `x` and this pass, or, where the pass is checkpointing, the same computed without keeping what
  /// the gradient needs: `x` alone is kept, and `body` is computed again on the way back.
  ///
  /// `body` is a block of a model: it takes tensors and random numbers by name from the pass that it is given.
  public func checkpointed(
    _ x: Tensor, _ body: @escaping (Tensor, Pass) throws -> Tensor
  ) throws -> Tensor {
    guard isCheckpointing, capturing.isEmpty, lookups == nil, case .training = mode else {
      return try body(x, self)
    }
    let wasAboveTrainable = hasPassedTrainable
    lookups = [:]
    defer { lookups = nil }
    let output = try withoutGradient { try body(x, self) }
    let used = (lookups ?? [:]).sorted { $0.key < $1.key }
    let (names, tensors) = (used.map(\.key), used.map(\.value))
    return output.rematerialized(from: [x] + tensors) { [mode, key, adapters, isDroppingOut] in
      let inputs = $0
      let pass = Pass(
        parameters: ParameterTree(Array(zip(names, inputs.dropFirst()))), mode: mode, key: key,
        isDroppingOut: isDroppingOut)
      pass.adapters = adapters
      pass.hasPassedTrainable = wasAboveTrainable
      return try body(inputs[0], pass)
    }
  }
}
