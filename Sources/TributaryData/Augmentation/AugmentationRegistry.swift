internal import TributaryCore
internal import TributaryPlan

/// The augmentations there are. A new one is its file, its line here, its test and its line in the docs.
public enum AugmentationRegistry {
  static let images: [any ImageAugmentation.Type] = [
    RandomCrop.self,
    ResizedCrop.self,
    HorizontalFlip.self,
    RandomRotation.self,
    RandomScale.self,
    ColorJitter.self,
    PixelNoise.self,
    Cutout.self,
    RandAugment.self,
  ]

  static let batches: [any BatchAugmentation.Type] = [
    MixUp.self,
    CutMix.self,
  ]

  static let texts: [any TextAugmentation.Type] = [
    WordDeletion.self,
    WordSwap.self,
    SynonymReplacement.self,
  ]

  static let audio: [any AudioAugmentation.Type] = [
    FrequencyMask.self,
    TimeMask.self,
  ]

  /// nil where the kind does not mix a batch's images.
  static func batchAugmentation(_ plan: AugmentationPlan) throws -> RandomMixture? {
    guard let type = batches.first(where: { $0.kind == plan.kind }) else { return nil }
    let options = try AugmentationOptions(plan, understood: type.options)
    return RandomMixture(kind: type.init(options), probability: options["probability"])
  }

  static func imageAugmentation(_ plan: AugmentationPlan) throws -> any ImageAugmentation {
    guard let type = images.first(where: { $0.kind == plan.kind }) else {
      throw unknown(plan, for: .images)
    }
    return type.init(try AugmentationOptions(plan, understood: type.options))
  }

  static func textAugmentation(_ plan: AugmentationPlan) throws -> any TextAugmentation {
    guard let type = texts.first(where: { $0.kind == plan.kind }) else {
      throw unknown(plan, for: .text)
    }
    return type.init(try AugmentationOptions(plan, understood: type.options))
  }

  static func audioAugmentation(_ plan: AugmentationPlan) throws -> any AudioAugmentation {
    guard let type = audio.first(where: { $0.kind == plan.kind }) else {
      throw unknown(plan, for: .audio)
    }
    return type.init(try AugmentationOptions(plan, understood: type.options))
  }

  /// The kinds for some examples, and what those are called.
  private static func kinds(for input: TaskPlan.Input) -> (names: [String], examples: String) {
    switch input {
    case .images: (images.map { $0.kind } + batches.map { $0.kind }, "images")
    case .text: (texts.map { $0.kind }, "texts")
    case .audio: (audio.map { $0.kind }, "recordings")
    case .graph: ([], "nodes of a graph")
    }
  }

  private static func unknown(
    _ plan: AugmentationPlan, for input: TaskPlan.Input
  ) -> TributaryError {
    let known = kinds(for: input).names
    for other in TaskPlan.Input.allCases where kinds(for: other).names.contains(plan.kind) {
      return TributaryError(
        "data.augment", "data.augment: \(plan.kind) is for \(kinds(for: other).examples)",
        advice: "for these data: \(known.joined(separator: ", "))")
    }
    return TributaryError(
      "data.augment",
      "data.augment: \"\(plan.kind)\" is none of \(known.joined(separator: ", "))",
      advice: NearestName.of(plan.kind, among: known).map { "did you mean \"\($0)\"?" })
  }

  /// Every kind with its settings, for `--help`.
  public static var help: String {
    let all =
      images.map { ($0.kind, $0.summary, $0.options) }
      + batches.map { ($0.kind, $0.summary, $0.options) }
      + texts.map { ($0.kind, $0.summary, $0.options) }
      + audio.map { ($0.kind, $0.summary, $0.options) }
    return all.map { kind, summary, options in
      let settings = options.map { "    \($0.help)" }
      return (["  \(kind): \(summary)"] + settings).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
