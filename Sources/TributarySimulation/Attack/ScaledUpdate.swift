internal import TributaryCore
internal import TributaryWire
internal import TributaryWorker

/// The honest update times a factor: below 0 its sign is flipped, above 1 the model is to be replaced (Bagdasaryan
/// et al. 2020, "How to backdoor federated learning").
struct ScaledUpdate: UpdateForgery {
  let factor: Double

  func forged(
    _ parameters: ParameterTree<HostTensor>, _: TrainTask, blobs _: any BlobSource,
    cancellation _: Cancellation
  ) throws -> ParameterTree<HostTensor> {
    try parameters.mapValues { tensor in
      HostTensor(try tensor.floats().map { Float(factor * Double($0)) }, shape: tensor.shape)
    }
  }
}
