public import TributaryCore

/// A strategy whose server step goes element by element: the mean update and what is remembered of an element
/// make its step. Buffers and integers move by the plain mean.
public protocol ServerOptimizer: Strategy {
  /// The moments that it remembers of an element, 1 or 2.
  static var momentCount: Int { get }
  /// What the second moment begins with.
  var initialSecondMoment: Double { get }

  /// The step of an element of the model from its mean update.
  func step(_ delta: Double, _ moments: inout ServerMoments) -> Double
}

extension ServerOptimizer {
  public var initialSecondMoment: Double { 0 }

  public func initialState(
    for globals: ParameterTree<HostTensor>
  ) throws -> ParameterTree<HostTensor> {
    ServerMomentsState(count: Self.momentCount)
      .initial(for: globals, second: Float(initialSecondMoment))
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    try ServerMomentsState(count: Self.momentCount).step(input, rule: step(_:_:))
  }
}
