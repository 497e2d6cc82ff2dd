internal import TributaryCore
internal import TributaryWire
internal import TributaryWorker

/// One update for all attackers: `a μ + b σ`, μ and σ being mean and standard deviation of what they would have sent
/// honestly.
///
/// Inner-product manipulation (Xie, Koyejo & Gupta 2019, "Fall of empires"): a = −ε, b = 0. A little is enough
/// (Baruch, Baruch & Goldberg 2019): a = 1, b = −z.
struct CollusiveUpdate: UpdateForgery {
  let circle: AttackerCircle
  let meanFactor: Double
  let deviationFactor: Double

  func forged(
    _ parameters: ParameterTree<HostTensor>, _ task: TrainTask, blobs: any BlobSource,
    cancellation: Cancellation
  ) throws -> ParameterTree<HostTensor> {
    let moments = try circle.moments(of: task, blobs: blobs, cancellation: cancellation)
    return try parameters.map { name, tensor in
      guard let moment = moments[name], moment.means.count == tensor.shape.elementCount else {
        throw TributaryError("attack.tensors", "the attackers' updates differ in \(name)")
      }
      let values = moment.means.indices.map { index in
        Float(meanFactor * moment.means[index] + deviationFactor * moment.deviation(index))
      }
      return HostTensor(values, shape: tensor.shape)
    }
  }
}
