public import TributaryCore
public import TributaryTensor

/// Recordings as maps of features over time, `[1, rows, frames]` each.
public struct AudioExamples: Sendable, Equatable {
  /// How they were computed.
  public let features: AudioFeatures
  /// float32 `[count, 1, rows, frames]`
  public let values: Bytes
  public let count: Int

  /// - Throws: `data.audio` where `values` are not a whole number of maps.
  public init(features: AudioFeatures, values: Bytes) throws {
    if let problem = features.problem {
      throw TributaryError("data.audio", "data.audio.\(problem.key) \(problem.text)")
    }
    let size = MemoryLayout<Float>.size * features.shape.elementCount
    guard values.count.isMultiple(of: size) else {
      throw TributaryError(
        "data.audio",
        "\(values.count) bytes are no whole number of feature maps of shape \(features.shape)")
    }
    self.features = features
    self.values = values
    count = values.count / size
  }

  /// `[1, rows, frames]`
  public var shape: Shape { features.shape }

  /// The numbers of the map at `index`, row by row.
  func map(_ index: Int) -> [Float] {
    let size = MemoryLayout<Float>.size * shape.elementCount
    return values[(index * size)..<((index + 1) * size)].array(of: Float.self)
  }

  /// The maps at `indices`, in that order.
  public func subset(_ indices: [Int]) -> AudioExamples {
    if indices.elementsEqual(0..<count) { return self }
    let selected = Bytes(copying: indices.flatMap(map))
    return AudioExamples(features: features, values: selected, count: indices.count)
  }

  /// The maps at `indices` as a model takes them, `(value - mean) / standardDeviation`, float32
  /// `[indices.count, 1, rows, frames]`.
  public func normalized(_ indices: [Int], mean: Float, standardDeviation: Float) -> Tensor {
    let isPlain = mean == 0 && standardDeviation == 1
    let numbers = indices.flatMap { index in
      isPlain ? map(index) : map(index).map { ($0 - mean) / standardDeviation }
    }
    return Tensor(numbers, shape: [indices.count, 1, shape[1], shape[2]])
  }

  /// For callers in this module that have made `values` for `features`.
  init(features: AudioFeatures, values: Bytes, count: Int) {
    self.features = features
    self.values = values
    self.count = count
  }
}
