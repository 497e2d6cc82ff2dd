import Foundation

/// Small grey images of four kinds (a bright quarter each, in noise), as IDX files: MNIST's names.
struct SyntheticImages {
  static let side = 12
  static let classes = 4
  private var state: UInt64

  static func write(to folder: String, train: Int, test: Int) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var made = SyntheticImages(state: 1)
    try made.write(train, to: "\(folder)/train")
    try made.write(test, to: "\(folder)/t10k")
  }

  private mutating func write(_ count: Int, to prefix: String) throws {
    var images: [UInt8] = [0, 0, 8, 3] + Self.bytes([count, Self.side, Self.side])
    var labels: [UInt8] = [0, 0, 8, 1] + Self.bytes([count])
    for _ in 0..<count {
      let label = Int(next() % UInt64(Self.classes))
      labels.append(UInt8(label))
      for row in 0..<Self.side {
        for column in 0..<Self.side {
          let quarter = (row * 2 / Self.side) * 2 + column * 2 / Self.side
          images.append(UInt8((quarter == label ? 60 : 0) + next() % 160))
        }
      }
    }
    try Data(images).write(to: URL(fileURLWithPath: "\(prefix)-images-idx3-ubyte"))
    try Data(labels).write(to: URL(fileURLWithPath: "\(prefix)-labels-idx1-ubyte"))
  }

  /// splitmix64
  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (z ^ (z >> 31)) >> 32
  }

  private static func bytes(_ dimensions: [Int]) -> [UInt8] {
    dimensions.flatMap { number in (0..<4).map { UInt8((number >> (24 - 8 * $0)) & 0xff) } }
  }
}
