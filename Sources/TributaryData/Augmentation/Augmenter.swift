public import TributaryCore
public import TributaryPlan

/// Changes training examples at random, one augmentation after the other.
///
/// Every example's numbers lie under (its key, the augmentation's place): whoever calls addresses the key by the step
/// and the example's place among its client's, so that they are the same in a simulation and in a cluster, whatever
/// else is in the batch.
public struct Augmenter: Sendable {
  private let images: [any ImageAugmentation]
  private let mixtures: [RandomMixture]
  private let texts: [any TextAugmentation]
  private let recordings: [any AudioAugmentation]

  /// - Throws: `data.augment` for a kind that does not exist or is for other data, or a setting that is none.
  public init?(_ plans: [AugmentationPlan], for input: TaskPlan.Input) throws {
    guard !plans.isEmpty else { return nil }
    let found =
      input == .images ? try plans.map(AugmentationRegistry.batchAugmentation) : []
    mixtures = found.compactMap(\.self)
    images = try zip(plans, found).compactMap { plan, mixture in
      mixture == nil ? try AugmentationRegistry.imageAugmentation(plan) : nil
    }
    texts = input == .text ? try plans.map(AugmentationRegistry.textAugmentation) : []
    recordings = input == .audio ? try plans.map(AugmentationRegistry.audioAugmentation) : []
  }

  /// The images at `indices`, each changed under its key.
  public func images(
    _ source: ImageExamples, _ indices: [Int], keys: [RandomKey]
  ) -> ImageExamples {
    precondition(keys.count == indices.count, "a key an example")
    var pixels: [UInt8] = []
    pixels.reserveCapacity(indices.count * source.stride)
    source.pixels.withUnsafeBytes { bytes in
      for (index, key) in zip(indices, keys) {
        var image = PixelImage(
          bytes: Array(bytes[(index * source.stride)..<((index + 1) * source.stride)]),
          channels: source.channels, height: source.height, width: source.width)
        for (place, augmentation) in images.enumerated() {
          var random = key.at(place).generator
          augmentation.apply(to: &image, &random)
        }
        pixels += image.bytes
      }
    }
    return ImageExamples(
      shape: source.shape, pixels: Bytes(copying: pixels), count: indices.count)
  }

  /// How a batch of `count` images is mixed; nil where it is not. Of several mixtures the first that happens counts.
  ///
  /// - Parameter key: of this batch.
  public func mixture(count: Int, height: Int, width: Int, key: RandomKey) -> BatchMixture? {
    for (place, mixture) in mixtures.enumerated() {
      let key = key.at(place)
      var random = key.generator
      guard random.happens(mixture.probability) else { continue }
      return BatchMixture(
        mixture.kind.share(height: height, width: width, key: key.at("share")),
        partners: key.at("partners").permutation(of: count))
    }
    return nil
  }

  /// The feature maps at `indices`, each changed under its key.
  public func recordings(
    _ source: AudioExamples, _ indices: [Int], keys: [RandomKey]
  ) -> AudioExamples {
    precondition(keys.count == indices.count, "a key an example")
    var values: [Float] = []
    values.reserveCapacity(indices.count * source.shape.elementCount)
    for (index, key) in zip(indices, keys) {
      var map = FeatureMap(
        values: source.map(index), rows: source.shape[1], frames: source.shape[2])
      for (place, augmentation) in recordings.enumerated() {
        var random = key.at(place).generator
        augmentation.apply(to: &map, &random)
      }
      values += map.values
    }
    return AudioExamples(
      features: source.features, values: Bytes(copying: values), count: indices.count)
  }

  /// A text, changed.
  public func text(_ text: String, key: RandomKey) -> String {
    var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    for (place, augmentation) in texts.enumerated() {
      var random = key.at(place).generator
      augmentation.apply(to: &words, &random)
    }
    return words.joined(separator: " ")
  }
}
