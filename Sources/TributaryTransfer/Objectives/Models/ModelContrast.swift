public import TributaryCore
public import TributaryModels
internal import TributaryNN
public import TributaryTensor

/// MOON's term (Li, He & Song 2021, equation 3): the features z of a batch are drawn towards those of one model and
/// away from those of another.
///
///     μ · −log( e^{cos(z, z_near)/T} / (e^{cos(z, z_near)/T} + e^{cos(z, z_far)/T}) ), the batch's mean
public struct ModelContrast: Sendable {
  public var weight: Float
  public var temperature: Float
  private let near: Inference
  private let far: Inference

  /// - Parameters:
  ///   - near, far: all tensors of the model, once as received and once as this client left them last.
  public init(
    weight: Float, temperature: Float, model: any Model, near: ParameterTree<Tensor>,
    far: ParameterTree<Tensor>
  ) {
    self.weight = weight
    self.temperature = temperature
    self.near = Inference(model: model, parameters: near, threads: 1)
    self.far = Inference(model: model, parameters: far, threads: 1)
  }

  /// A scalar, differentiable in the labelled examples' features; 0 where features are fixed, which no term moves.
  func loss(_ batch: ObjectiveBatch) throws -> Tensor {
    guard let source = batch.source, let input = source.input else { return .scalar(0) }
    let features = source.features
    let towards = Self.cosines(features, try near.features(input))
    let away = Self.cosines(features, try far.features(input))
    let scores = Tensor.concatenated([towards, away], axis: 1) * (1 / temperature)
    let near = Tensor([Int32](repeating: 0, count: features.shape[0]), shape: [features.shape[0]])
    return softmaxCrossEntropy(scores, labels: near) * weight
  }

  /// Row by row, `[batch, 1]`; a row of zeros is like nothing.
  private static func cosines(_ a: Tensor, _ b: Tensor) -> Tensor {
    func squares(_ x: Tensor) -> Tensor { x.squared().sum(axes: [1], keepingDimensions: true) }
    let product = (a * b).sum(axes: [1], keepingDimensions: true)
    return product * (squares(a) + 1e-16).reciprocalSquareRoot()
      * (squares(b) + 1e-16).reciprocalSquareRoot()
  }
}
