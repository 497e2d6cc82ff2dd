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
  ]

  private static var imageKinds: [String] { images.map { $0.kind } + batches.map { $0.kind } }

  /// nil where the kind does not mix a batch's images.
  static func batchAugmentation(_ plan: AugmentationPlan) throws -> RandomMixture? {
    guard let type = batches.first(where: { $0.kind == plan.kind }) else { return nil }
    let options = try AugmentationOptions(plan, understood: type.options)
    return RandomMixture(kind: type.init(options), probability: options["probability"])
  }

  static func imageAugmentation(_ plan: AugmentationPlan) throws -> any ImageAugmentation {
    guard let type = images.first(where: { $0.kind == plan.kind }) else {
      throw unknown(plan, among: imageKinds, elsewhere: texts.map { $0.kind }, "texts")
    }
    return type.init(try AugmentationOptions(plan, understood: type.options))
  }

  static func textAugmentation(_ plan: AugmentationPlan) throws -> any TextAugmentation {
    guard let type = texts.first(where: { $0.kind == plan.kind }) else {
      throw unknown(plan, among: texts.map { $0.kind }, elsewhere: imageKinds, "images")
    }
    return type.init(try AugmentationOptions(plan, understood: type.options))
  }

  private static func unknown(
    _ plan: AugmentationPlan, among kinds: [String], elsewhere: [String], _ others: String
  ) -> TributaryError {
    guard !elsewhere.contains(plan.kind) else {
      return TributaryError(
        "data.augment", "data.augment: \(plan.kind) is for \(others)",
        advice: "for these data: \(kinds.joined(separator: ", "))")
    }
    return TributaryError(
      "data.augment",
      "data.augment: \"\(plan.kind)\" is none of \(kinds.joined(separator: ", "))",
      advice: NearestName.of(plan.kind, among: kinds).map { "did you mean \"\($0)\"?" })
  }

  /// Every kind with its settings, for `--help`.
  public static var help: String {
    let all =
      images.map { ($0.kind, $0.summary, $0.options) }
      + batches.map { ($0.kind, $0.summary, $0.options) }
      + texts.map { ($0.kind, $0.summary, $0.options) }
    return all.map { kind, summary, options in
      let settings = options.map {
        "    \($0.name)  (default \(PlanSetting.number($0.defaultValue)))  \($0.summary)"
      }
      return (["  \(kind): \(summary)"] + settings).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
