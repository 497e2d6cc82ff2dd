internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// The maximum mean discrepancy of domains that are on different clients: what crosses are the means of random Fourier
/// features over a client's examples, and what their kernels' bandwidth is found from.
///
///     MMD² ≈ (‖Σφ(x_i)‖² − Σ‖φ(x_i)‖²) / (n (n − 1)) − 2 φ̄ · φ̄_other + ‖φ̄_other‖²
///
/// The bandwidth is the mean squared distance between examples of both domains, of the round before; the means that it
/// served for say it. So the first round measures distances, the second means, and from the third on domains are compared.
struct MeanEmbedding: Sendable {
  private let features: FourierFeatures

  init(width: Int, kernels: Int, beside other: FourierFeatures.Beside? = nil) {
    features = FourierFeatures(width: width, kernels: kernels, beside: other)
  }

  /// What travels of a domain: means over its examples.
  static func statistics(width: Int, kernels: Int) -> [TensorSpec] {
    [
      ("mean", width), ("square", 1), ("bandwidth", 1),
      ("embedding", FourierFeatures.count(kernels: kernels)),
    ].map { TensorSpec($0.0, [$0.1], role: .buffer, initializer: .zeros) }
  }

  /// Sums over the rows of `x` `[rows, width]`.
  ///
  /// - Parameter p: the values of a kernel that is multiplied in.
  func sums(
    _ x: Tensor, beside p: Tensor? = nil, former: DomainMoments
  ) -> ParameterTree<Tensor> {
    let bandwidth = Self.bandwidth(of: former)
    let embedding = bandwidth.map {
      features.embedding(x, beside: p, bandwidth: $0).sum(axes: [0])
    }
    return [
      "mean": x.sum(axes: [0]), "square": x.squared().sum().reshaped([1]),
      "bandwidth": .full([1], (bandwidth ?? 0) * Float(x.shape[0])),
      "embedding": embedding ?? .zeros([features.count]),
    ]
  }

  /// E ‖x − y‖² of examples of either domain; nil before anything was measured.
  private static func bandwidth(of moments: DomainMoments) -> Float? {
    let domains = [moments.source, moments.target].compactMap(\.self)
    guard !domains.isEmpty else { return nil }
    func mean(_ name: String) -> Tensor {
      domains.compactMap { $0[name] }.reduce(.scalar(0)) { $0 + $1 }
        * (1 / Float(domains.count))
    }
    let distance = 2 * (mean("square").sum().item - mean("mean").squared().sum().item)
    return distance.isFinite ? max(distance, 1e-6) : nil
  }

  /// MMD² between the rows of `own` `[rows, width]` and the domain whose statistics are `other`'s; 0 before those are
  /// measured.
  func loss(
    _ own: Tensor, beside p: Tensor? = nil, _ other: ParameterTree<Tensor>
  ) -> Tensor {
    guard let bandwidth = other["bandwidth"]?.floats().first, bandwidth > 0, bandwidth.isFinite,
      let expected = other["embedding"]
    else { return .scalar(0) }
    let count = Float(own.shape[0])
    let mean = features.embedding(own, beside: p, bandwidth: bandwidth).mean(axes: [0])
    let square = mean.squared().sum()
    // ‖φ(x)‖² is the number of kernels.
    let within = count > 1 ? (square * count - Float(features.kernels)) * (1 / (count - 1)) : square
    return within - (mean * expected).sum() * 2 + expected.squared().sum()
  }
}
