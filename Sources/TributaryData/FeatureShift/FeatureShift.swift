public import TributaryCore
public import TributaryPlan

/// Clients whose inputs look different though their labels do not: each client's images are turned,
/// brightened, stretched in contrast and made noisy as one draw for the client says. The growing noise is
/// that of Li et al. 2022 (arXiv:2102.02079), the last client having most.
///
/// The draws lie under (run's key, client), the noise under (run's key, client, example). Examples of no
/// client stay as they are.
public enum FeatureShift {
  /// - Parameter key: the run's key for feature shifts.
  /// - Throws: `data.featureShift` for data that are no images.
  public static func applied(
    to dataset: Dataset, of partition: DataPartition, plan: FeatureShiftPlan, key: RandomKey
  ) throws -> Dataset {
    guard case .images(let images) = dataset.examples else {
      throw TributaryError(
        "data.featureShift", "data.featureShift changes images, but the data are none",
        advice: "leave it out")
    }
    let shifts = partition.indices.map {
      ClientShift(plan, client: $0, of: partition.count, key: key)
    }
    let stride = images.stride
    let pixels = images.pixels.withUnsafeBytes { source in
      Bytes(count: source.count) { target in
        target.copyMemory(from: source)
        for (client, shift) in shifts.enumerated() {
          let key = key.at(client).at("noise")
          for example in partition[client] {
            shift.apply(
              to: UnsafeMutableRawBufferPointer(
                rebasing: target[(example * stride)..<((example + 1) * stride)]),
              channels: images.channels, height: images.height, width: images.width,
              key: key.at(example))
          }
        }
      }
    }
    return Dataset(
      examples: .images(ImageExamples(shape: images.shape, pixels: pixels, count: images.count)),
      labels: dataset.labels, classNames: dataset.classNames, naturalIDs: dataset.naturalIDs)
  }
}
