internal import TributaryCore
internal import TributaryModels
internal import TributaryTensor

/// What a layer makes of one example.
struct LayerShape: CustomStringConvertible {
  private let shape: Shape

  var rank: Int { shape.rank }
  /// Channels, or units.
  var width: Int { shape.rank == 4 ? shape[1] : shape[shape.rank - 1] }
  /// The extents but for the batch and the channels.
  var places: [Int] {
    shape.rank == 4 ? [shape[2], shape[3]] : (1..<max(1, shape.rank - 1)).map { shape[$0] }
  }

  var description: String { "\(shape)" }

  /// - Parameter layer: one of the model's, or `features`.
  /// - Throws: `objective.layer` where the model has no such layer.
  static func of(_ layer: String, in loaded: LoadedModel) throws -> LayerShape {
    let inference = try Inference(model: loaded.model, tensors: loaded.tensors, threads: 1)
    return LayerShape(shape: try inference.layer(layer, probe(loaded)).shape)
  }

  /// An example that is nothing but of the right kind and size.
  private static func probe(_ loaded: LoadedModel) -> ModelInput {
    guard let image = loaded.configuration.image else {
      return .tokens([[Int32](repeating: 0, count: 8)])
    }
    return .images(.zeros([1, image.channels, image.height, image.width]))
  }
}
