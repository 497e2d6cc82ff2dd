public import TributaryCore
public import TributaryNN
public import TributaryStorage

/// A way to adapt a frozen model: which tensors are added to it, where they stand, and what they do.
///
/// Described by the JSON that Hugging Face's PEFT writes as `adapter_config.json`, with ours for what PEFT lacks. Asked
/// for, `target_modules` are patterns; in `json` they are the layers' whole names.
public protocol Adaptation: Sendable {
  /// `"peft_type"`.
  static var kind: String { get }
  /// Whether Hugging Face's PEFT knows it.
  static var isPEFT: Bool { get }
  /// Whether a plain model can do the same (`Model.merged`).
  static var isMergeable: Bool { get }

  /// - Throws: `model.adaptation` for settings that cannot be, or that `model` has no place for.
  init(_ json: JSON, of model: any Model) throws
  /// What distinguishes it, without `peft_type`.
  var settings: [JSON.Member] { get }
  /// What is added to the model's own tensors.
  var tensors: [TensorSpec] { get }
  var adapters: Adapters { get }
  /// How many of the model's places for tokens it takes.
  var reservedTokens: Int { get }
  /// Values of the added tensors as a training begins.
  func initialTensors(
    beside backbone: ParameterTree<HostTensor>, key: RandomKey
  ) -> ParameterTree<HostTensor>
}

extension Adaptation {
  public static var isPEFT: Bool { true }
  public static var isMergeable: Bool { false }
  public var reservedTokens: Int { 0 }

  public var json: JSON {
    let kind: [JSON.Member] = [("peft_type", .string(Self.kind))]
    return .object(kind + settings)
  }

  public func initialTensors(
    beside backbone: ParameterTree<HostTensor>, key: RandomKey
  ) -> ParameterTree<HostTensor> {
    ParameterTree(tensors.map { ($0.name, $0.makeTensor(key: key)) })
  }
}

/// All adaptations. A new one is a file of its own and a line here.
enum AdaptationRegistry {
  static let kinds: [any Adaptation.Type] = [
    LowRankAdaptation.self, ScalingAdaptation.self, BottleneckAdaptation.self,
    PromptAdaptation.self, PrefixAdaptation.self, ShiftAdaptation.self,
  ]

  /// - Throws: `model.adaptation` for a kind that is not known, and as `Adaptation.init`.
  static func make(_ json: JSON, of model: any Model) throws -> any Adaptation {
    let name = json["peft_type"]?.string ?? "none"
    guard let kind = kinds.first(where: { $0.kind == name }) else {
      throw error(
        "adapters of the kind \(name.prefix(40)) are not known",
        advice: "known are \(kinds.map { $0.kind }.joined(separator: ", "))")
    }
    guard model.adaptation == nil else {
      throw error(
        "the backbone has adapters already (\(model.adaptation?.json["peft_type"]?.string ?? ""))",
        advice: "start from a backbone without any, or go on with the method that it has")
    }
    return try kind.init(json, of: model)
  }

  static func error(_ what: String, advice: String? = nil) -> TributaryError {
    TributaryError("model.adaptation", what, advice: advice)
  }
}
