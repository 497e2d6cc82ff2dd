import Testing
import TributaryCore
import TributaryTensor
import TributaryTestKit

@testable import TributaryNN

/// Every layer against torch's: output, gradients of input and parameters, running statistics.
@Suite struct LayerGoldenTests {
  static let golden = Result { try GoldenTensors("layers.safetensors") }

  /// Parameters as the generator fills them, and the layer's results compared with torch's.
  private func check(
    _ name: String, _ specs: [TensorSpec], input: Tensor?, isTraining: Bool = true,
    adapters: Adapters? = nil, torchName: (String) -> String = { $0 },
    _ forward: (Tensor?, Pass) throws -> Tensor
  ) throws {
    let golden = try Self.golden.get()
    var parameters = ParameterTree<Tensor>()
    var buffers = ParameterTree<Tensor>()
    for spec in specs {
      let values = formula("\(name).\(torchName(spec.name))", spec.shape)
      let isVariance = spec.name.hasSuffix("running_var")
      if spec.role == .parameter { parameters[spec.name] = values }
      if spec.role == .buffer { buffers[spec.name] = isVariance ? values + 2 : values }
    }
    var variables = parameters
    if let input { variables["input"] = input }
    var output: [Float] = []
    var updates: [String: Tensor] = [:]
    let (_, gradients) = try valueAndGradient(
      of: { tree in
        let pass = Pass(
          parameters: tree, frozen: buffers,
          mode: isTraining ? .training(trainable: Set(parameters.names)) : .inference)
        if let adapters { pass.adapt(by: adapters) }
        let y = try forward(input == nil ? nil : tree["input"], pass)
        output = y.floats()
        updates = pass.bufferUpdates
        return (y * formula("seed", y.shape)).sum()
      }, at: variables)
    try compare(output, "\(name)/output", golden)
    for (key, gradient) in gradients {
      let stored = key == "input" ? "\(name)/input" : "\(name)/gradient/\(torchName(key))"
      try compare(gradient.floats(), stored, golden)
    }
    #expect(updates.isEmpty || isTraining)
    for (key, value) in updates {
      try compare(value.floats(), "\(name)/buffer/\(torchName(key))", golden)
    }
    #expect(isTraining == false || updates.count == buffers.count)
  }

  private func compare(_ found: [Float], _ name: String, _ golden: GoldenTensors) throws {
    let expected = try golden.floats(name)
    let text = difference(found, expected, absolute: 2e-5, relative: 2e-5)
    #expect(text == nil, "\(name)")
  }

  private let image = formula("image", [2, 6, 7, 7])

  @Test func linearLayers() throws {
    let linear = Linear("l", inputs: 5, outputs: 3)
    try check("linear", linear.tensors, input: formula("rows", [4, 5]), torchName: last) {
      try linear($0!, $1)
    }
    let plain = Linear("l", inputs: 5, outputs: 3, bias: false)
    try check("linear-plain", plain.tensors, input: formula("batch", [2, 3, 5]), torchName: last) {
      try plain($0!, $1)
    }
  }

  @Test func adaptedLayers() throws {
    let linear = Linear("l", inputs: 5, outputs: 3)
    let adapter = LowRankAdapter(beside: linear.tensors[0], rank: 2, scale: 3)
    try check(
      "linear-adapted", linear.tensors + adapter.tensors, input: formula("batch", [2, 3, 5]),
      adapters: Adapters(layers: ["l.weight": adapter]), torchName: { String($0.dropFirst(2)) }
    ) { try linear($0!, $1) }
  }

  @Test func fusedLayers() throws {
    let linear = Linear("l", inputs: 5, outputs: 3)
    try check(
      "linear-gelu", linear.tensors, input: formula("batch", [2, 3, 5]), torchName: last
    ) { try linear.gelu($0!, $1) }
    let norm = LayerNorm("n", size: 5)
    let residual = formula("residual", [2, 3, 5])
    try check(
      "residual-norm", norm.tensors, input: formula("batch", [2, 3, 5]), torchName: last
    ) { try norm($0!, adding: residual, dropout: Dropout("d", probability: 0), $1) }
  }

  private func last(_ name: String) -> String { String(name.split(separator: ".").last ?? "") }

  @Test(arguments: [
    ("conv", Conv2D("c", inputs: 6, outputs: 4, kernel: 3, padding: 1)),
    (
      "conv-strided",
      Conv2D("c", inputs: 6, outputs: 4, kernel: 5, stride: 2, padding: 2, bias: false)
    ),
    ("conv-dilated", Conv2D("c", inputs: 6, outputs: 4, kernel: 3, padding: 2, dilation: 2)),
    ("conv-grouped", Conv2D("c", inputs: 6, outputs: 4, kernel: 3, groups: 2)),
    ("conv-same", Conv2D("c", inputs: 6, outputs: 4, kernel: 4, same: true)),
    (
      "conv-same-strided",
      Conv2D("c", inputs: 6, outputs: 4, kernel: 2, stride: 2, same: true, bias: false)
    ),
    ("conv-depthwise", Conv2D("c", inputs: 6, outputs: 6, kernel: 3, padding: 1, groups: 6)),
  ])
  func convolutions(name: String, layer: Conv2D) throws {
    try check(name, layer.tensors, input: image, torchName: last) { try layer($0!, $1) }
  }

  @Test func batchNormInTraining() throws {
    let layer = BatchNorm2D("n", channels: 6)
    try check("batch-norm", layer.tensors, input: image, torchName: last) { try layer($0!, $1) }
  }

  @Test func normsWithoutBatchStatistics() throws {
    let batch = BatchNorm2D("n", channels: 6, epsilon: 1e-3)
    try check(
      "batch-norm-inference", batch.tensors, input: image, isTraining: false, torchName: last
    ) { try batch($0!, $1) }
    let group = GroupNorm("n", groups: 3, channels: 6)
    try check("group-norm", group.tensors, input: image, torchName: last) { try group($0!, $1) }
    let layer = LayerNorm("n", size: 5, epsilon: 1e-12)
    try check("layer-norm", layer.tensors, input: formula("batch", [2, 3, 5]), torchName: last) {
      try layer($0!, $1)
    }
  }

  @Test func embeddings() throws {
    let layer = Embedding("e", count: 9, size: 4)
    let ids = Tensor([1, 8, 0, 1, 1, 5] as [Int32], shape: [2, 3])
    try check("embedding", layer.tensors, input: nil, torchName: last) { try layer(ids, $1) }
  }

  @Test func pools() throws {
    let largest = MaxPool2D(kernel: 3, stride: 2, padding: 1)
    try check("max-pool", [], input: image) { x, _ in largest(x!) }
    let mean = AveragePool2D(kernel: 2)
    try check("average-pool", [], input: image) { x, _ in mean(x!) }
  }

  @Test func attention() throws {
    let layer = MultiHeadAttention(
      query: "q", key: "k", value: "v", output: "o", size: 8, heads: 2,
      dropout: Dropout("d", probability: 0))
    let mask = Tensor([1, 1, 1, 1, 1, 1, 1, 1, 0, 0] as [Float], shape: [2, 5])
    try check("attention", layer.tensors, input: formula("tokens", [2, 5, 8])) {
      try layer($0!, mask: mask, $1)
    }
    try check("attention-first", layer.tensors, input: formula("tokens", [2, 5, 8])) { x, pass in
      try layer(x!, queries: x!.sliced(axis: 1, 0..<1), mask: mask, pass)
    }
  }
}
