internal import Foundation

/// The squared magnitudes of a real signal's discrete Fourier transform, of a power of two samples: Cooley and Tukey's
/// radix-2 algorithm in double precision.
struct PowerSpectrum {
  let size: Int
  /// exp(-2πik/size) for k < size / 2.
  private let roots: [(real: Double, imaginary: Double)]
  /// Where each sample goes: its place with the bits in reverse.
  private let places: [Int]

  init(size: Int) {
    precondition(size >= 2 && size & (size - 1) == 0, "a power of two")
    self.size = size
    roots = (0..<size / 2).map { index in
      let angle = -2 * Double.pi * Double(index) / Double(size)
      return (real: cos(angle), imaginary: sin(angle))
    }
    places = (0..<size).map { index -> Int in
      var reversed = 0
      for bit in 0..<size.trailingZeroBitCount where index & (1 << bit) != 0 {
        reversed |= size >> (bit + 1)
      }
      return reversed
    }
  }

  /// `size / 2 + 1` values, from frequency 0 up to half the sample rate.
  func callAsFunction(_ signal: [Double]) -> [Double] {
    precondition(signal.count == size, "as many samples as the transform takes")
    var real = places.map { signal[$0] }
    var imaginary = [Double](repeating: 0, count: size)
    var width = 1
    while width < size {
      butterflies(&real, &imaginary, width: width)
      width *= 2
    }
    return (0...size / 2).map { real[$0] * real[$0] + imaginary[$0] * imaginary[$0] }
  }

  /// Joins transforms of `width` values to ones of twice as many.
  private func butterflies(_ real: inout [Double], _ imaginary: inout [Double], width: Int) {
    let step = size / (2 * width)
    for start in stride(from: 0, to: size, by: 2 * width) {
      for offset in 0..<width {
        let root = roots[offset * step]
        let (low, high) = (start + offset, start + offset + width)
        let turnedReal = real[high] * root.real - imaginary[high] * root.imaginary
        let turnedImaginary = real[high] * root.imaginary + imaginary[high] * root.real
        (real[high], imaginary[high]) = (real[low] - turnedReal, imaginary[low] - turnedImaginary)
        (real[low], imaginary[low]) = (real[low] + turnedReal, imaginary[low] + turnedImaginary)
      }
    }
  }
}
