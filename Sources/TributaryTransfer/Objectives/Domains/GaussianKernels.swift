internal import TributaryCore
internal import TributaryTensor

/// Kernels between the rows of one matrix, and what is estimated from them.
enum GaussianKernels {
  /// ‖x_i − x_j‖² of rows `[n, d]`: `[n, n]`.
  static func squaredDistances(_ x: Tensor) -> Tensor {
    let squares = x.squared().sum(axes: [1], keepingDimensions: true)
    return (squares + squares.transposed() - matmul(x, x, transposeB: true) * 2).relu()
  }

  /// Σ_u exp(−d / (bandwidth · 2^(u − ⌊count / 2⌋))), u = 0 ..< count.
  static func kernel(_ distances: Tensor, bandwidth: Float, count: Int) -> Tensor {
    let terms = (0..<count).map { index in
      let factor = Float(sign: .plus, exponent: index - count / 2, significand: 1)
      return (distances * (-1 / (bandwidth * factor))).exp()
    }
    return terms.dropFirst().reduce(terms[0]) { $0 + $1 }
  }

  /// The median of the distances between different rows (the lower one of two): the usual bandwidth. A constant.
  static func median(ofDistances distances: Tensor) -> Float {
    let count = distances.shape[0]
    let values = distances.detached.floats()
    var between: [Float] = []
    between.reserveCapacity(count * (count - 1) / 2)
    for row in 0..<count {
      between.append(contentsOf: values[(row * count + row + 1)..<((row + 1) * count)])
    }
    between.sort()
    return between.isEmpty ? 1 : max(between[(between.count - 1) / 2], 1e-6)
  }

  enum Estimator: String, CaseIterable {
    case unbiased
    case biased
    /// Of pairs of examples only, each once: Gretton et al. 2012, lemma 14.
    case linear
  }

  /// MMD² from the kernels between `source` rows followed by `target` rows is their sum weighted with these
  /// `[source + target, source + target]`.
  static func weights(source n: Int, target m: Int, _ estimator: Estimator) -> Tensor {
    let count = n + m
    var weights = [Float](repeating: 0, count: count * count)
    func fill(_ rows: Range<Int>, _ columns: Range<Int>, _ value: Float, diagonal: Bool = true) {
      for row in rows {
        for column in columns where diagonal || row != column {
          weights[row * count + column] = value
        }
      }
    }
    let (source, target) = (0..<n, n..<count)
    switch estimator {
    case .linear:
      let pairs = min(n, m) / 2
      let share = 1 / Float(max(1, pairs))
      for pair in 0..<pairs {
        let (a, b) = (2 * pair, 2 * pair + 1)
        weights[a * count + b] = share
        weights[(n + a) * count + n + b] = share
        weights[a * count + n + b] = -share
        weights[b * count + n + a] = -share
      }
    case .biased, .unbiased:
      let isUnbiased = estimator == .unbiased
      func share(_ size: Int) -> Float {
        1 / Float(max(1, isUnbiased ? size * (size - 1) : size * size))
      }
      fill(source, source, share(n), diagonal: !isUnbiased)
      fill(target, target, share(m), diagonal: !isUnbiased)
      fill(source, target, -1 / Float(max(1, n * m)))
      fill(target, source, -1 / Float(max(1, n * m)))
    }
    return Tensor(weights, shape: [count, count])
  }
}
