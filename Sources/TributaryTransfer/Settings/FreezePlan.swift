public import TributaryCore
public import TributaryModels
internal import TributaryNN
public import TributaryPlan

/// Which tensors of a model move in a run, and which stay as the backbone brought them.
///
/// The classifier always moves. Running statistics of a batch normalisation move exactly where its
/// weight does: a frozen one runs in inference mode.
public struct FreezePlan: Sendable, Equatable {
  /// The parameters that get gradients.
  public let trainable: Set<String>
  /// The buffers that training changes and that are averaged with the parameters.
  public let buffers: Set<String>
  /// True where only the classifier moves, so that features can be computed once.
  public let isHeadOnly: Bool
  /// With `lora`: the adapters, whose tensors move beside the model's.
  public let adaptation: Adaptation?

  /// - Throws: `transfer.trainable` for a pattern that no parameter's name matches, `transfer.targets` for a
  ///   target that is no linear layer.
  public init(model: any Model, transfer: TransferPlan) throws {
    let parameters = model.tensors.filter { $0.role == .parameter }.map(\.name)
    var trainable = model.headTensorNames
    adaptation = try Adaptation(of: model, transfer: transfer)
    trainable.formUnion(adaptation?.tensors.map(\.name) ?? [])
    switch (transfer.method, transfer.trainable.isEmpty) {
    case (.head, _), (.lora, _): break
    case (.fineTune, true): trainable.formUnion(parameters)
    case (.fineTune, false):
      for pattern in transfer.trainable {
        let glob = GlobPattern(pattern)
        let matches = parameters.filter(glob.matches)
        guard !matches.isEmpty else {
          throw TributaryError(
            "transfer.trainable", "transfer.trainable: no parameter's name matches \"\(pattern)\"",
            advice: "names look like \(parameters.prefix(3).joined(separator: ", ")); "
              + "`tributary inspect` lists them")
        }
        trainable.formUnion(matches)
      }
    }
    self.trainable = trainable
    isHeadOnly = trainable == model.headTensorNames
    buffers = Set(
      model.tensors.filter { $0.role == .buffer }.map(\.name).filter { name in
        trainable.contains(Self.module(of: name) + ".weight")
      })
  }

  public func moves(_ name: String) -> Bool {
    trainable.contains(name) || buffers.contains(name)
  }

  /// `tensors` in two: those that move and travel every round, and those that do not.
  public func split<Value>(
    _ tensors: ParameterTree<Value>
  ) -> (moving: ParameterTree<Value>, frozen: ParameterTree<Value>) {
    (tensors.filter { name, _ in moves(name) }, tensors.filter { name, _ in !moves(name) })
  }

  private static func module(of name: String) -> String {
    name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
  }
}
