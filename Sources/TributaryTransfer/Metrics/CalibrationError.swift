/// The expected calibration error (Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599): examples in bins of equal
/// width by the probability of the class that was predicted; in each the distance between that probability's mean and
/// the share that was right, weighted by the bin's share of the examples.
struct CalibrationError {
  private struct Bin {
    var count = 0
    var correct = 0
    var confidence = 0.0
  }

  private var bins: [Bin]

  init(bins: Int = 15) { self.bins = Array(repeating: Bin(), count: bins) }

  /// - Parameter confidence: the predicted class's probability; the bins are (0, 1/n], (1/n, 2/n], ...
  mutating func add(confidence: Double, isCorrect: Bool) {
    let place = Int((confidence * Double(bins.count)).rounded(.up)) - 1
    let index = max(0, min(bins.count - 1, place))
    bins[index].count += 1
    bins[index].confidence += confidence
    if isCorrect { bins[index].correct += 1 }
  }

  /// 0 where nothing was added.
  var value: Double {
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return 0 }
    return bins.reduce(0) { $0 + abs($1.confidence - Double($1.correct)) } / Double(total)
  }
}
