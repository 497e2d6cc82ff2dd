internal import Foundation
internal import TributaryCore
internal import TributaryPlan
internal import TributaryStorage

/// Feature maps as safetensors: `features` `[count, 1, rows, frames]`, and in the metadata how they were computed.
enum AudioFeatureFile {
  static let suffix = ".safetensors"
  private static let tensor = "features"
  private static let key = "audio"

  static func encode(_ examples: AudioExamples) throws -> Bytes {
    let shape = Shape([examples.count] + examples.shape.dimensions)
    let values = try HostTensor(dtype: .float32, shape: shape, bytes: examples.values)
    return SafetensorsFile.encode(
      ParameterTree([(tensor, values)]), metadata: [key: try PlanJSON.encode(examples.features)])
  }

  /// - Throws: `checkpoint.*`; `data.audio` where it is no such file.
  static func read(_ path: String) throws -> AudioExamples {
    let file = try SafetensorsFile(path: path, requireFinite: true)
    guard let json = file.metadata[key],
      let features = try? PlanJSON.decode(AudioFeatures.self, from: json), features.problem == nil,
      let values = file.tensors[tensor], values.dtype == .float32, values.shape.rank == 4,
      Shape(Array(values.shape.dimensions.dropFirst())) == features.shape
    else {
      throw TributaryError(
        "data.audio", "\(path): does not hold the features of recordings",
        advice: "write it with tributary partition")
    }
    // Copied, and so aligned.
    return try AudioExamples(
      features: features, values: Bytes(copying: values.bytes.array(of: UInt8.self)))
  }
}
