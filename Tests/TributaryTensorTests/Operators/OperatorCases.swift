import TributaryCore

@testable import TributaryTensor

/// Every operator as a function of named inputs: the table that all operator suites run over. The names
/// are those of Golden/generate_operators.py.
struct OperatorCase: Sendable, CustomStringConvertible {
  let name: String
  let function: @Sendable ([String: Tensor]) -> Tensor
  var description: String { name }
  /// The golden file: the name up to the first dot.
  var group: String { String(name.prefix { $0 != "." }) }

  init(_ name: String, _ function: @escaping @Sendable (Inputs) -> Tensor) {
    self.name = name
    self.function = { function(Inputs(tensors: $0)) }
  }
}

@dynamicMemberLookup
struct Inputs {
  let tensors: [String: Tensor]
  subscript(dynamicMember name: String) -> Tensor { tensors[name] ?? Tensor.zeros([0]) }
  subscript(name: String) -> Tensor? { tensors[name] }
}

extension OperatorCase {
  static let all =
    unary + binary + shapes + products + convolutions + chains + normalizations + others
    + recurrents

  private static let unary = [
    OperatorCase("unary.exp") { $0.x.exp() }, OperatorCase("unary.log") { $0.x.log() },
    OperatorCase("unary.cos") { $0.x.cosine() }, OperatorCase("unary.sin") { $0.x.sine() },
    OperatorCase("unary.tanh") { $0.x.tanh() }, OperatorCase("unary.sigmoid") { $0.x.sigmoid() },
    OperatorCase("unary.erf") { $0.x.erf() }, OperatorCase("unary.square") { $0.x.squared() },
    OperatorCase("unary.sqrt") { $0.x.sqrt() },
    OperatorCase("unary.rsqrt") { $0.x.reciprocalSquareRoot() },
    OperatorCase("unary.relu") { $0.x.relu() }, OperatorCase("unary.abs") { $0.x.abs() },
    OperatorCase("unary.negate") { -$0.x }, OperatorCase("unary.gelu") { $0.x.gelu() },
    OperatorCase("activation.relu6") { $0.x.relu6() },
    OperatorCase("activation.silu") { $0.x.silu() },
    OperatorCase("activation.hardSwish") { $0.x.hardSwish() },
    OperatorCase("activation.hardSigmoid") { $0.x.hardSigmoid() },
    OperatorCase("activation.geluTanh") { $0.x.geluTanh() },
  ]

  private static let binary =
    ["same", "row", "column", "both", "channel", "scalar"].flatMap { kind in
      [
        OperatorCase("binary.add.\(kind)") { $0.a + $0.b },
        OperatorCase("binary.subtract.\(kind)") { $0.a - $0.b },
        OperatorCase("binary.multiply.\(kind)") { $0.a * $0.b },
        OperatorCase("binary.divide.\(kind)") { $0.a / $0.b },
      ]
    } + [OperatorCase("binary.addRelu") { addRelu($0.a, $0.b) }]

  private static let shapes = [
    OperatorCase("reduce.sum") { $0.x.sum() }, OperatorCase("reduce.sum.1") { $0.x.sum(axes: [1]) },
    OperatorCase("reduce.sum.02") { $0.x.sum(axes: [0, 2], keepingDimensions: true) },
    OperatorCase("reduce.mean.023") { $0.x.mean(axes: [0, 2, 3]) },
    OperatorCase("reduce.max.1") { $0.x.max(axis: 1) },
    OperatorCase("view.permuted") { $0.x.permuted([2, 0, 3, 1]) * 2 },
    OperatorCase("view.transposed") { $0.x.transposed().reshaped([2, -1]) },
    OperatorCase("view.broadcast") { $0.x.broadcast(to: [4, 3, 5]).squared() },
    OperatorCase("view.sliced") { $0.x.sliced(axis: 1, 1..<4).squared() },
    OperatorCase("view.strided") {
      $0.x.sliced(axis: 2, from: 0, to: 5, by: 2).sliced(axis: 3, from: 0, to: 6, by: 2).squared()
    },
    OperatorCase("join.concatenated") {
      Tensor.concatenated([$0.a, $0.b, $0.a], axis: 1).squared()
    },
    OperatorCase("join.blocked") {
      Tensor.concatenated([blocked($0.a), blocked($0.b), blocked($0.a), $0.c], axis: 1).squared()
    },
    OperatorCase("view.slicedBlocks") { blocked($0.x).sliced(axis: 1, 16..<37).squared() },
    OperatorCase("view.channelsLast") { blocked($0.x).permuted([0, 2, 3, 1]) * 2 },
    OperatorCase("view.channelsFirst") { $0.x.permuted([0, 3, 1, 2]) * blocked($0.y) },
    OperatorCase("join.padded") { $0.x.padded(axis: 1, before: 2, after: 1).squared() },
  ]

  private static func blocked(_ x: Tensor) -> Tensor {
    x.converted(to: .blocked(OneDNN.channelBlock))
  }

  private static func joinedBatchNorm(_ i: Inputs, isBlocked: Bool) -> Tensor {
    var maps = JoinedChannels(isBlocked ? blocked(i.a) : i.a)
    maps.append(isBlocked ? blocked(i.x) : i.x)
    return batchNorm(&maps, weight: i.w, bias: i.b).output
  }

  private static let products = [
    OperatorCase("matmul.plain") { matmul($0.a, $0.b) },
    OperatorCase("matmul.ta") { matmul($0.a, $0.b, transposeA: true) },
    OperatorCase("matmul.tb") { matmul($0.a, $0.b, transposeB: true) },
    OperatorCase("matmul.tatb") { matmul($0.a, $0.b, transposeA: true, transposeB: true) },
    OperatorCase("matmul.batch") { matmul($0.a, $0.b) },
    OperatorCase("matmul.broadcast") { matmul($0.a, $0.b, transposeB: true) },
    OperatorCase("matmul.flat") { matmul($0.a, $0.b) },
    OperatorCase("linear.bias") { linear($0.x, weight: $0.w, bias: $0.b) },
    OperatorCase("linear.plain") { linear($0.x, weight: $0.w) },
  ]

  private static func convolution(
    _ name: String, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
  ) -> OperatorCase {
    OperatorCase("conv.\(name)") {
      conv2d(
        $0.x, weight: $0.w, bias: $0["b"], stride: stride, padding: padding, dilation: dilation,
        groups: groups)
    }
  }

  private static let convolutions = [
    convolution("rgb", padding: 1), convolution("strided", stride: 2, padding: 1),
    convolution("pointwise"), convolution("odd", padding: 1),
    convolution("dilated", padding: 2, dilation: 2), convolution("grouped", padding: 1, groups: 4),
    convolution("groupedBlocks", padding: 1, groups: 2),
    convolution("depthwise", padding: 1, groups: 17),
    convolution("depthwiseStrided", stride: 2, padding: 1, groups: 16), convolution("five"),
    convolution("seven", stride: 2, padding: 3),
    OperatorCase("conv.rectangular") {
      conv2d($0.x, weight: $0.w, stride: (2, 1), padding: (1, 0))
    },
    OperatorCase("conv.farPadding") {
      conv2d($0.x, weight: $0.w, stride: (2, 2), padding: (0, 1), farPadding: (1, 2))
    },
    OperatorCase("conv.farPaddingDepthwise") {
      conv2d(
        $0.x, weight: $0.w, bias: $0.b, stride: (2, 2), padding: (0, 0), farPadding: (1, 1),
        groups: 16)
    },
  ]

  private static let chains = [
    OperatorCase("chain.widened") { i in
      convolutionChain(
        i.x, ChainedConvolution(weight: i.w0),
        then: [
          (
            ChainedNorm(weight: i.g1, bias: i.b1, clamp: .relu6),
            ChainedConvolution(weight: i.w1, padding: (1, 1), groups: 19)
          ),
          (
            ChainedNorm(weight: i.g2, bias: i.b2, clamp: .relu6), ChainedConvolution(weight: i.w2)
          ),
        ]
      ).output
    },
    OperatorCase("chain.strided") { i in
      convolutionChain(
        i.x, ChainedConvolution(weight: i.w0, stride: (2, 2), padding: (2, 2), groups: 17),
        then: [
          (
            ChainedNorm(weight: i.g1, bias: i.b1, clamp: .relu6), ChainedConvolution(weight: i.w1)
          )
        ]
      ).output
    },
  ]

  private static let normalizations =
    ["plain", "blocked", "odd", "flat"].map { kind in
      OperatorCase("batchNorm.\(kind)") { batchNorm($0.x, weight: $0.w, bias: $0.b).output }
    } + [
      OperatorCase("batchNorm.relu") {
        batchNorm($0.x, weight: $0.w, bias: $0.b, clamp: .relu).output
      },
      OperatorCase("batchNorm.joined") { joinedBatchNorm($0, isBlocked: true) },
      OperatorCase("batchNorm.joinedOdd") { joinedBatchNorm($0, isBlocked: false) },
      OperatorCase("planes.plain") { scalePlanes($0.x, by: $0.s) },
      OperatorCase("planes.blocked") { scalePlanes(blocked($0.x), by: $0.s) },
      OperatorCase("batchNorm.inference") {
        batchNormInference($0.x, weight: $0.w, bias: $0.b, mean: $0.m, variance: $0.v)
      },
      OperatorCase("layerNorm") { layerNorm($0.x, weight: $0.w, bias: $0.b) },
      OperatorCase("groupNorm") { groupNorm($0.x, groups: 3, weight: $0.w, bias: $0.b) },
    ]

  private static let others = [
    OperatorCase("maxPool.two") { maxPool2d($0.x, kernel: 2) },
    OperatorCase("maxPool.three") { maxPool2d($0.x, kernel: 3, stride: 2, padding: 1) },
    OperatorCase("maxPool.ceil") { maxPool2d($0.x, kernel: 3, stride: 2, ceilMode: true) },
    OperatorCase("maxPool.ceilPadded") {
      maxPool2d($0.x, kernel: 2, stride: 2, padding: 1, ceilMode: true)
    },
    OperatorCase("adaptivePool.divides") { adaptiveAveragePool2d($0.x, height: 3, width: 3) },
    OperatorCase("adaptivePool.overlaps") { adaptiveAveragePool2d($0.x, height: 3, width: 4) },
    OperatorCase("adaptivePool.repeats") { adaptiveAveragePool2d($0.x, height: 7, width: 7) },
    OperatorCase("averagePool.two") { averagePool2d($0.x, kernel: 2) },
    OperatorCase("averagePool.three") { averagePool2d($0.x, kernel: 3, stride: 2, padding: 1) },
    OperatorCase("globalAveragePool") { globalAveragePool($0.x) },
    OperatorCase("embedding") {
      embedding($0.table, ids: Tensor([0, 3, 3, 6, 1, 0] as [Int32], shape: [2, 3]))
    },
    OperatorCase("softmax") { softmax($0.x) }, OperatorCase("logSoftmax") { logSoftmax($0.x) },
    OperatorCase("crossEntropy") {
      softmaxCrossEntropy($0.x, labels: Tensor([0, 9, 3, 3, 7] as [Int32], shape: [5]))
    },
    OperatorCase("crossEntropy.ignored") {
      softmaxCrossEntropy($0.x, labels: Tensor([2, -100, 0, -100, 9] as [Int32], shape: [5]))
    },
    OperatorCase("attention.plain") { attention(query: $0.q, key: $0.k, value: $0.v) },
    OperatorCase("attention.masked") {
      attention(
        query: $0.q, key: $0.k, value: $0.v,
        mask: Tensor([1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1] as [Float], shape: [2, 7]))
    },
  ]

  private static let recurrents = RecurrentCell.allCases.flatMap { cell in
    [
      ("forward", nil, false), ("backward", nil, true), ("lengths", [4, 2, 3], false),
      ("backwardLengths", [4, 2, 3], true), ("bare", nil, false),
    ].map { (variant: String, lengths: [Int32]?, isReversed: Bool) in
      OperatorCase("recurrent.\(cell).\(variant)") { inputs in
        let biases = inputs["bi"].flatMap { own in inputs["bh"].map { (own, $0) } }
        let (output, final) = recurrent(
          inputs.x, cell: cell,
          weights: RecurrentWeights(input: inputs.wi, hidden: inputs.wh, biases: biases),
          initial: inputs["h"].map { RecurrentState(hidden: $0, cell: inputs["c"]) },
          lengths: lengths.map { Tensor($0, shape: [3]) }, reversed: isReversed)
        let states = [final.hidden] + (final.cell.map { [$0] } ?? [])
        return Tensor.concatenated([output] + states.map { $0.reshaped([1, 3, 6]) }, axis: 0)
      }
    }
  }
}
