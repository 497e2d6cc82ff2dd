import TributaryCore

/// The tensors that Golden/reference_models.py makes of a name and a shape, bit for bit.
enum Formula {
  /// Numbers in [-1, 1): FNV-1a of the name, then splitmix64 of the index.
  static func signed(_ name: String, count: Int) -> [Float] {
    var seed: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return (0..<count).map { index in
      var z = seed &+ (UInt64(index) &+ 1) &* 0x9e37_79b9_7f4a_7c15
      z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
      z ^= z >> 31
      return Float(z >> 40) * 0x1p-23 - 1
    }
  }

  static func values(_ name: String, _ shape: Shape) -> HostTensor {
    var s = signed(name, count: shape.elementCount)
    if name.hasSuffix("running_var") {
      s = s.map { 1 + 0.5 * $0 }
    } else if name.hasSuffix(".bn3.weight") {
      s = s.map { 0.25 + 0.125 * $0 }
    } else if shape.rank == 1 && name.hasSuffix("weight") {
      s = s.map { 1 + 0.25 * $0 }
    } else if shape.rank == 1 {
      s = s.map { 0.1 * $0 }
    } else if name.contains("embeddings") {
      s = s.map { 0.5 * $0 }
    } else {
      let fan = shape.dropFirst().reduce(1, *)
      let bound = Float((3 / Double(fan)).squareRoot())
      s = s.map { bound * $0 }
    }
    return HostTensor(s, shape: shape)
  }
}
