internal import TributaryCore

/// The mean under height x width windows that cover x [B, C, H, W] evenly, as torch's: along an axis, window i
/// of n reaches from floor(i extent / n) to ceil((i + 1) extent / n).
public func adaptiveAveragePool2d(_ x: Tensor, height: Int, width: Int) -> Tensor {
  require(
    x.rank == 4 && x.shape[2] > 0 && x.shape[3] > 0 && height > 0 && width > 0,
    "adaptiveAveragePool2d: \(x.shape) to \(height)x\(width)")
  if x.shape[2] == height && x.shape[3] == width { return x }
  let kernel = x.shape[2] / height
  if kernel > 0 && x.shape[2] == kernel * height && x.shape[3] == kernel * width {
    return averagePool2d(x, kernel: kernel)
  }
  let rows = matmul(x, windowMeans(x.shape[3], width), transposeB: true)
  return matmul(windowMeans(x.shape[2], height), rows)
}

/// [count, extent]: row i holds 1 / length at the elements of window i.
private func windowMeans(_ extent: Int, _ count: Int) -> Tensor {
  var values = [Float](repeating: 0, count: count * extent)
  for i in 0..<count {
    let window = (i * extent / count)..<(((i + 1) * extent + count - 1) / count)
    for position in window { values[i * extent + position] = 1 / Float(window.count) }
  }
  return Tensor(values, shape: [count, extent])
}
