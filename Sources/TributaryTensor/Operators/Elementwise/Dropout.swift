internal import CTributaryKernels
public import TributaryCore

/// Zeros with `probability`, the rest times the inverse of its own (Srivastava et al. 2014); for training.
///
/// Element i (row-major) falls where draw i under `key`, 16 bits, is below probability * 2^16: probabilities
/// are multiples of 2^-16, and what is kept is scaled by just that.
public func dropout(_ x: Tensor, probability: Float, key: RandomKey) -> Tensor {
  require(
    probability >= 0 && probability < 1, "dropout: probability \(probability) outside 0..<1")
  guard probability > 0 else { return x }
  return x.kept(DropoutMask(probability, key, shape: x.shape))
}

/// Which elements of a tensor dropout keeps, a byte each, and what the kept ones are scaled by.
struct DropoutMask {
  let scale: Float
  private let storage: Storage

  init(_ probability: Float, _ key: RandomKey, shape: Shape) {
    let threshold = min(65535, (Double(probability) * 65536).rounded())
    scale = Float(65536 / (65536 - threshold))
    let count = shape.elementCount
    storage = Storage(byteCount: max(1, count))
    let target = bytes
    let draws = 128
    parallel((count + draws - 1) / draws, grain: mathGrain / draws) { blocks in
      let first = blocks.lowerBound * draws
      tributary_dropout_mask(
        first, min(count, blocks.upperBound * draws) - first, UInt32(threshold), key.key,
        key.salt, target + first)
    }
  }

  var bytes: UnsafeMutablePointer<UInt8> {
    storage.pointer.assumingMemoryBound(to: UInt8.self)
  }
}

extension Tensor {
  /// The elements that `mask` keeps, scaled; 0 elsewhere. Linear, so it is its own derivative.
  func kept(_ mask: DropoutMask) -> Tensor {
    let input = detached.contiguous()
    let output = Tensor(uninitialized: shape)
    let (source, target, bytes) = (input.data, output.data, mask.bytes)
    parallel(count, grain: elementGrain) {
      let at = $0.lowerBound
      tributary_keep(source + at, bytes + at, $0.count, mask.scale, target + at)
    }
    withExtendedLifetime((input, mask)) {}
    return output.recorded(self) { gradient, _ in [gradient.kept(mask)] }
  }
}
