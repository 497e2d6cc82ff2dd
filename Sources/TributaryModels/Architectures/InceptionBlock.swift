internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// Branches over the same maps, side by side along the channels (Szegedy et al. 2016, figures 5 to 7).
struct InceptionBlock: Sendable {
  let name: String
  private let branches: [Branch]

  var tensors: [TensorSpec] { branches.flatMap(\.tensors) }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let result = Tensor.concatenated(try branches.flatMap { try $0(x, pass) }, axis: 1)
    pass.capture(name, result)
    return result
  }

  /// Convolutions one after the other, behind a pool and in front of ends that all see the last, where there
  /// are any.
  private struct Branch: Sendable {
    enum Pool { case average, maximum }

    var pool: Pool?
    var chain: [ConvNorm2D] = []
    var ends: [ConvNorm2D] = []

    var tensors: [TensorSpec] { (chain + ends).flatMap(\.tensors) }

    func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> [Tensor] {
      var y = x
      switch pool {
      case .average: y = averagePool2d(x, kernel: 3, stride: 1, padding: 1)
      case .maximum: y = maxPool2d(x, kernel: 3, stride: 2)
      case nil: break
      }
      for unit in chain { y = try unit(y, pass) }
      return ends.isEmpty ? [y] : try ends.map { try $0(y, pass) }
    }
  }

  /// A unit that keeps the size, or halves it without padding.
  private struct Unit {
    let name: String
    let outputs: Int
    let kernel: (Int, Int)
    var halves = false

    func layer(_ block: String, inputs: Int) -> ConvNorm2D {
      Inception.unit(
        "\(block).\(name)", inputs, outputs, kernel, stride: halves ? 2 : 1,
        padding: halves ? (0, 0) : (kernel.0 / 2, kernel.1 / 2))
    }
  }

  private init(
    _ name: String, inputs: Int, _ branches: [(pool: Branch.Pool?, units: [Unit], ends: [Unit])]
  ) {
    self.name = name
    self.branches = branches.map { pool, units, ends in
      var channels = inputs
      var branch = Branch(pool: pool)
      for unit in units {
        branch.chain.append(unit.layer(name, inputs: channels))
        channels = unit.outputs
      }
      branch.ends = ends.map { $0.layer(name, inputs: channels) }
      return branch
    }
  }

  /// 1x1, 5x5 and two 3x3 beside a pool.
  static func a(_ name: String, inputs: Int, pooled: Int) -> InceptionBlock {
    InceptionBlock(
      name, inputs: inputs,
      [
        (nil, [Unit(name: "branch1x1", outputs: 64, kernel: (1, 1))], []),
        (
          nil,
          [
            Unit(name: "branch5x5_1", outputs: 48, kernel: (1, 1)),
            Unit(name: "branch5x5_2", outputs: 64, kernel: (5, 5)),
          ], []
        ),
        (
          nil,
          [
            Unit(name: "branch3x3dbl_1", outputs: 64, kernel: (1, 1)),
            Unit(name: "branch3x3dbl_2", outputs: 96, kernel: (3, 3)),
            Unit(name: "branch3x3dbl_3", outputs: 96, kernel: (3, 3)),
          ], []
        ),
        (.average, [Unit(name: "branch_pool", outputs: pooled, kernel: (1, 1))], []),
      ])
  }

  /// To half the size: 3x3 and two 3x3 beside a pool.
  static func b(_ name: String, inputs: Int) -> InceptionBlock {
    InceptionBlock(
      name, inputs: inputs,
      [
        (nil, [Unit(name: "branch3x3", outputs: 384, kernel: (3, 3), halves: true)], []),
        (
          nil,
          [
            Unit(name: "branch3x3dbl_1", outputs: 64, kernel: (1, 1)),
            Unit(name: "branch3x3dbl_2", outputs: 96, kernel: (3, 3)),
            Unit(name: "branch3x3dbl_3", outputs: 96, kernel: (3, 3), halves: true),
          ], []
        ),
        (.maximum, [], []),
      ])
  }

  /// 1x1, one and two 7x7, each as 1x7 and 7x1, beside a pool.
  static func c(_ name: String, inputs: Int, width: Int) -> InceptionBlock {
    InceptionBlock(
      name, inputs: inputs,
      [
        (nil, [Unit(name: "branch1x1", outputs: 192, kernel: (1, 1))], []),
        (
          nil,
          [
            Unit(name: "branch7x7_1", outputs: width, kernel: (1, 1)),
            Unit(name: "branch7x7_2", outputs: width, kernel: (1, 7)),
            Unit(name: "branch7x7_3", outputs: 192, kernel: (7, 1)),
          ], []
        ),
        (
          nil,
          [
            Unit(name: "branch7x7dbl_1", outputs: width, kernel: (1, 1)),
            Unit(name: "branch7x7dbl_2", outputs: width, kernel: (7, 1)),
            Unit(name: "branch7x7dbl_3", outputs: width, kernel: (1, 7)),
            Unit(name: "branch7x7dbl_4", outputs: width, kernel: (7, 1)),
            Unit(name: "branch7x7dbl_5", outputs: 192, kernel: (1, 7)),
          ], []
        ),
        (.average, [Unit(name: "branch_pool", outputs: 192, kernel: (1, 1))], []),
      ])
  }

  /// To half the size: 3x3 and a 7x7 before a 3x3 beside a pool.
  static func d(_ name: String, inputs: Int) -> InceptionBlock {
    InceptionBlock(
      name, inputs: inputs,
      [
        (
          nil,
          [
            Unit(name: "branch3x3_1", outputs: 192, kernel: (1, 1)),
            Unit(name: "branch3x3_2", outputs: 320, kernel: (3, 3), halves: true),
          ], []
        ),
        (
          nil,
          [
            Unit(name: "branch7x7x3_1", outputs: 192, kernel: (1, 1)),
            Unit(name: "branch7x7x3_2", outputs: 192, kernel: (1, 7)),
            Unit(name: "branch7x7x3_3", outputs: 192, kernel: (7, 1)),
            Unit(name: "branch7x7x3_4", outputs: 192, kernel: (3, 3), halves: true),
          ], []
        ),
        (.maximum, [], []),
      ])
  }

  /// 1x1 and two branches that end as 1x3 beside 3x1, beside a pool.
  static func e(_ name: String, inputs: Int) -> InceptionBlock {
    InceptionBlock(
      name, inputs: inputs,
      [
        (nil, [Unit(name: "branch1x1", outputs: 320, kernel: (1, 1))], []),
        (
          nil, [Unit(name: "branch3x3_1", outputs: 384, kernel: (1, 1))],
          [
            Unit(name: "branch3x3_2a", outputs: 384, kernel: (1, 3)),
            Unit(name: "branch3x3_2b", outputs: 384, kernel: (3, 1)),
          ]
        ),
        (
          nil,
          [
            Unit(name: "branch3x3dbl_1", outputs: 448, kernel: (1, 1)),
            Unit(name: "branch3x3dbl_2", outputs: 384, kernel: (3, 3)),
          ],
          [
            Unit(name: "branch3x3dbl_3a", outputs: 384, kernel: (1, 3)),
            Unit(name: "branch3x3dbl_3b", outputs: 384, kernel: (3, 1)),
          ]
        ),
        (.average, [Unit(name: "branch_pool", outputs: 192, kernel: (1, 1))], []),
      ])
  }
}
