import TributaryCore
import TributaryTensor

/// The numbers in [-1, 1) that `signed` in Golden/generate_layers.py gives for the same name and shape.
func signed(_ name: String, _ shape: Shape) -> [Float] {
  var seed: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
  return (0..<shape.elementCount).map { index in
    var z = seed &+ (UInt64(index) &+ 1) &* 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    z ^= z >> 31
    return Float(z >> 40) * 0x1p-23 - 1
  }
}

func formula(_ name: String, _ shape: Shape) -> Tensor { Tensor(signed(name, shape), shape: shape) }
