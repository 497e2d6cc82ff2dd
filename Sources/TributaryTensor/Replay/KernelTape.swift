public import TributaryCore

/// The kernels of a computation of fixed shape, captured while it runs once, to be run again on the same memory: no
/// graph, no shapes, no memory to be found, and the same bits.
///
/// A tape holds all that the computation did, or there is none: every buffer that was made or changed meanwhile
/// must have been written by captured kernels (`kernel`) alone. What an operator does otherwise, what is made of
/// values on the host (`Tensor(_:shape:)`) and what is drawn at random leaves a buffer that none of them wrote.
public final class KernelTape {
  private let inputs: [Tensor]
  private var kernels: [() -> Void] = []
  /// Kept, since kernels know addresses only.
  private var buffers: [Storage] = []
  private var unwritten: Set<UnsafeRawPointer> = []
  private var parameters: [UnsafeMutablePointer<Float>] = []
  private(set) var isComplete = true

  /// Few, so that the buffers of a computation that cannot be captured are not kept for long.
  private static let mostUnwritten = 8

  private init(_ inputs: [Tensor]) { self.inputs = inputs }

  /// What `body` gives, and its tape, where all that it does can be captured.
  ///
  /// - Parameters:
  ///   - inputs: what will be other values of the same shape in every run; row-major.
  ///   - parameters: what `body` changes in place. Whatever else it reads must stay alive and unchanged.
  public static func capture<Result>(
    inputs: [Tensor], parameters: inout ParameterTree<Tensor>,
    _ body: (inout ParameterTree<Tensor>) throws -> Result
  ) rethrows -> (result: Result, tape: KernelTape?) {
    let tape = KernelTape(inputs)
    let context = ThreadContext.current
    context.tape = tape
    defer { context.tape = nil }
    let result = try body(&parameters)
    tape.parameters = parameters.values.map(\.data)
    let isWhole =
      tape.isComplete && tape.unwritten.isEmpty
      && (inputs + parameters.values).allSatisfy {
        $0.layout == .rowMajor && $0.storage.isWritable
      }
    return (result, isWhole ? tape : nil)
  }

  /// Runs `body`, which reads results, as no part of what is being captured on this thread.
  public static func outside<Result>(_ body: () throws -> Result) rethrows -> Result {
    let context = ThreadContext.current
    let tape = context.tape
    context.tape = nil
    defer { context.tape = tape }
    return try body()
  }

  /// Does again with `inputs` what was captured, its results in the tensors that they were in.
  ///
  /// - Returns: whether it did: not where inputs have other shapes, or parameters are no longer where they were.
  public func replay(inputs: [Tensor], parameters: inout ParameterTree<Tensor>) -> Bool {
    guard serves(inputs, &parameters) else { return false }
    for (own, new) in zip(self.inputs, inputs) {
      own.words.update(from: new.words, count: own.count)
      withExtendedLifetime(new) {}
    }
    for kernel in kernels { kernel() }
    return true
  }

  private func serves(_ inputs: [Tensor], _ parameters: inout ParameterTree<Tensor>) -> Bool {
    guard inputs.count == self.inputs.count, parameters.count == self.parameters.count,
      zip(self.inputs, inputs).allSatisfy({
        $0.shape == $1.shape && $0.dtype == $1.dtype && $1.layout == .rowMajor
      })
    else { return false }
    var place = 0
    var areInPlace = true
    parameters.updateValues { _, tensor in
      areInPlace = areInPlace && tensor.isReadyForWriting(at: self.parameters[place])
      place += 1
    }
    return areInPlace
  }

  // MARK: While capturing

  /// `storage` is new: kernels must write it.
  func made(_ storage: Storage) {
    guard isComplete else { return }
    buffers.append(storage)
    changes(storage.pointer)
  }

  /// What lies at `address` will change: by kernels, or the tape is not complete.
  func changes(_ address: UnsafeRawPointer) {
    unwritten.insert(address)
    if unwritten.count > Self.mostUnwritten { giveUp() }
  }

  /// What is being captured on this thread may depend on values by ways other than kernels.
  static func valuesAreRead() { ThreadContext.current.tape?.giveUp() }

  func giveUp() {
    isComplete = false
    kernels = []
    buffers = []
    unwritten = []
  }

  /// Runs `kernel` and captures it.
  func append(
    _ outputs: (UnsafeRawPointer, UnsafeRawPointer?), _ kernel: @escaping () -> Void
  ) {
    unwritten.remove(outputs.0)
    if let other = outputs.1 { unwritten.remove(other) }
    if isComplete { kernels.append(kernel) }
    Self.outside(kernel)
  }
}

/// Runs `body` now, and whenever what is being captured on this thread is replayed: all that is ever written to the
/// buffers that begin at `output` and `other`. It may depend on nothing but addresses and shapes.
@inline(__always)
func kernel(
  _ output: UnsafeRawPointer, _ other: UnsafeRawPointer? = nil, _ body: @escaping () -> Void
) {
  if let tape = ThreadContext.current.tape { tape.append((output, other), body) } else { body() }
}

extension Tensor {
  /// Whether the values may be changed at `address`, where they still are; what was computed from them is forgotten.
  fileprivate mutating func isReadyForWriting(at address: UnsafeMutablePointer<Float>) -> Bool {
    guard node == nil, layout == .rowMajor, data == address, storage.isWritable,
      isKnownUniquelyReferenced(&storage)
    else { return false }
    storage.forgetConversions()
    return true
  }
}
