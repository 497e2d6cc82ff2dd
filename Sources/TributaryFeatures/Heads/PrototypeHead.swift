internal import TributaryTensor

/// The class with the nearest mean, as a linear classifier (Mensink et al. 2013).
///
///     argmin ‖x − μ_c‖² = argmax μ_cᵀ x − ½ ‖μ_c‖²
enum PrototypeHead {
  static func solve(_ statistics: FeatureStatistics) -> LinearHead {
    let means = statistics.classMeans
    let bias = (0..<statistics.classes).map { label in
      statistics.counts[label] > 0
        ? -means.row(label).reduce(0) { $0 + $1 * $1 } / 2 : LinearHead.impossible
    }
    return LinearHead(weight: means, bias: bias)
  }
}
