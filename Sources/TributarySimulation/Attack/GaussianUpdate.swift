internal import TributaryCore
internal import TributaryNN
internal import TributaryWire
internal import TributaryWorker

/// Noise in place of an update: every element from N(0, deviation²), as Blanchard et al. 2017 attack (with a
/// deviation of 200).
struct GaussianUpdate: UpdateForgery {
  let deviation: Double
  let key: RandomKey

  func forged(
    _ parameters: ParameterTree<HostTensor>, _ task: TrainTask, blobs _: any BlobSource,
    cancellation _: Cancellation
  ) throws -> ParameterTree<HostTensor> {
    let key = key.at(task.client.name).at(task.round)
    let normal = Initializer.normal(standardDeviation: Float(deviation))
    return parameters.map { name, tensor in
      normal.makeTensor(shape: tensor.shape, key: key.at(name))
    }
  }
}
