import TributaryCore

@testable import TributaryTensor

/// Plain-Swift references in float64: slow, obvious, of any size.
enum Reference {
  static func random(_ shape: Shape, _ label: String) -> Tensor {
    var stream = RandomKey(seed: 3).at(label).generator
    return Tensor((0..<shape.elementCount).map { _ in stream.uniform() * 2 - 1 }, shape: shape)
  }

  /// a [m, k] times b [k, n].
  static func product(_ a: [Float], _ b: [Float], m: Int, k: Int, n: Int) -> [Float] {
    var result = [Float](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        result[i * n + j] = Float(
          (0..<k).reduce(0.0) { $0 + Double(a[i * k + $1]) * Double(b[$1 * n + j]) })
      }
    }
    return result
  }

  static func convolution(
    _ x: Tensor, _ w: Tensor, stride: Int, padding: Int, groups: Int
  ) -> [Float] {
    let (values, weights) = (x.floats(), w.floats())
    let (batch, channels, height, width) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (out, each, size) = (w.shape[0], w.shape[1], w.shape[2])
    let rows = (height + 2 * padding - size) / stride + 1
    let columns = (width + 2 * padding - size) / stride + 1
    var result: [Float] = []
    for b in 0..<batch {
      for o in 0..<out {
        for r in 0..<rows {
          for c in 0..<columns {
            var sum = 0.0
            for i in 0..<each {
              let plane = (b * channels + o / (out / groups) * each + i) * height
              for kh in 0..<size {
                let h = r * stride - padding + kh
                guard h >= 0, h < height else { continue }
                for kw in 0..<size {
                  let position = c * stride - padding + kw
                  guard position >= 0, position < width else { continue }
                  sum +=
                    Double(values[(plane + h) * width + position])
                    * Double(weights[((o * each + i) * size + kh) * size + kw])
                }
              }
            }
            result.append(Float(sum))
          }
        }
      }
    }
    return result
  }
}
