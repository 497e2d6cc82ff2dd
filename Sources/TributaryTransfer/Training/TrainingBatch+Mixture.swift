internal import TributaryCore
internal import TributaryData
internal import TributaryModels
internal import TributaryTensor

extension TrainingBatch {
  /// The batch with each of its images mixed with another, and a class beside its own.
  func mixed(_ mixture: BatchMixture) -> TrainingBatch {
    guard let source, let labels, case .examples(.images(let images)) = source.input else {
      return self
    }
    let own = labels.ints()
    let partners = Tensor(mixture.partners.map(Int32.init), shape: [source.count])
    let others = embedding(
      images.reshaped([source.count, images.count / source.count]), ids: partners)
    let shares = Tensor(
      mixture.pixelShares,
      shape: mixture.pixelShares.count == 1
        ? [1, 1, 1, 1] : [1, 1, images.shape[2], images.shape[3]])
    let mixed = images * shares + others.reshaped(images.shape) * (1 - shares)
    var batch = TrainingBatch(
      source: Rows(input: .examples(.images(mixed)), count: source.count), labels: labels,
      target: target)
    batch.mixture = Mixture(
      labels: Tensor(mixture.partners.map { own[$0] }, shape: labels.shape),
      ownShare: mixture.labelShare)
    return batch
  }
}
