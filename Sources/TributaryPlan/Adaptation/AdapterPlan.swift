/// What is added to a frozen backbone (`transfer.method`: lora, ia3, adapters, prompt, prefix), where `TransferPlan`
/// does not say it already.
public struct AdapterPlan: Sendable, Codable, Equatable {
  /// With `adapters`: the width of the bottleneck.
  public var size: Int
  /// With `adapters`: behind which parts of a layer they stand.
  public var placement: Placement
  /// With `prompt` and `prefix`: how many virtual tokens there are.
  public var tokens: Int
  /// A folder of Hugging Face's PEFT whose adapters training starts from, instead of fresh ones as the plan says; it
  /// stays on the coordinator's machine.
  public var from: String?

  public enum Placement: String, Sendable, Codable, CaseIterable {
    /// Behind attention and behind the feed-forward (Houlsby et al. 2019).
    case houlsby
    /// Behind the feed-forward alone (Pfeiffer et al. 2021).
    case pfeiffer
  }

  public init(
    size: Int = 64, placement: Placement = .houlsby, tokens: Int = 20, from: String? = nil
  ) {
    self.size = size
    self.placement = placement
    self.tokens = tokens
    self.from = from
  }

  /// Whether all numbers may stand in a plan: a peer's may not.
  public var isPossible: Bool {
    Self.sizeRange.contains(size) && Self.tokensRange.contains(tokens)
  }

  static let sizeRange = 1...65_536
  static let tokensRange = 1...65_536
}

extension TransferPlan.Method {
  /// Whether tensors are added to the backbone.
  public var addsTensors: Bool {
    switch self {
    case .head, .fineTune, .bias, .norms: false
    case .lora, .ia3, .adapters, .prompt, .prefix, .shift: true
    }
  }

  /// Whether the backbone's own tensors rest.
  var restsBackbone: Bool { self == .head || (addsTensors && self != .shift) }

  /// Whether these stand beside layers that `targets` names.
  var hasTargets: Bool { [.lora, .ia3, .adapters].contains(self) }

  /// What of it stays on each client, beside `TransferPlan.personal`.
  public var personal: [String] { self == .shift ? ["*.shift", "*.shift_rate"] : [] }
}
