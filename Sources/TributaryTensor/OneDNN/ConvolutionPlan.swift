internal import COneDNN
internal import TributaryCore

/// What a forward convolution does to its result before it writes it: plus bias, plus a tensor, clamped.
struct Epilogue: Hashable {
  var hasBias = false
  var hasResidual = false
  var clamp = Clamp.none

  var numbers: [Int] {
    [
      hasBias ? 1 : 0, hasResidual ? 1 : 0, Int(clamp.low.bitPattern), Int(clamp.high.bitPattern),
    ]
  }

  /// The part of it that oneDNN calls post-operations; the caller destroys the result.
  func postOperations(_ target: MemoryDescriptor) -> dnnl_post_ops_t? {
    guard hasResidual || clamp != .none else { return nil }
    var operations: dnnl_post_ops_t?
    check(dnnl_post_ops_create(&operations), "post-operations")
    if hasResidual {
      withUnsafePointer(to: target.raw) {
        check(dnnl_post_ops_append_binary(operations, dnnl_binary_add, $0), "a residual")
      }
    }
    if clamp == .relu {
      check(dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_relu, 0, 0), "relu")
    } else if clamp != .none {
      check(
        dnnl_post_ops_append_eltwise(operations, 1, dnnl_eltwise_clip, clamp.low, clamp.high),
        "bounds")
    }
    return operations
  }
}

/// A planned convolution, forward or one of its two derivatives: the primitive and the formats it wants.
final class ConvolutionPlan {
  enum Direction: Int {
    case forward, data, weights
  }

  let input: Layout
  let output: Layout
  let weights: MemoryDescriptor
  /// Whether oneDNN has nothing but its slow reference implementation.
  let isReference: Bool
  private let primitive: Primitive
  private let fromPlainWeights: MemoryDescriptor
  private lazy var prepareWeights = OneDNN.makeReorder(from: fromPlainWeights, to: weights)
  private let restoreWeights: Primitive?

  private init?(
    _ geometry: ConvolutionGeometry, _ direction: Direction, _ epilogue: Epilogue,
    _ precision: ComputePrecision
  ) {
    let types = Types(direction, precision)
    guard let (way, descriptor) = Self.choose(geometry, direction, epilogue, types) else {
      return nil
    }
    input = way.input
    output = way.output
    isReference = Self.isReference(descriptor)
    let query = direction == .weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md
    guard let weights = Primitive.query(descriptor, query) else {
      refuse("a convolution without weights")
    }
    self.weights = weights
    fromPlainWeights = MemoryDescriptor(Shape(geometry.weightDimensions), .rowMajor)
    restoreWeights =
      direction == .weights && weights != fromPlainWeights
      ? OneDNN.makeReorder(from: weights, to: fromPlainWeights) : nil
    let bias = MemoryDescriptor([geometry.outChannels], .rowMajor)
    primitive = Primitive(
      descriptor,
      Self.arguments(
        direction, MemoryDescriptor(geometry.input, input, type: types.input), weights,
        MemoryDescriptor(geometry.output, output, type: types.output),
        epilogue.hasBias ? bias : nil, hasResidual: epilogue.hasResidual))
  }

  static func cached(
    _ geometry: ConvolutionGeometry, _ direction: Direction, after epilogue: Epilogue = Epilogue(),
    precision: ComputePrecision = .float32
  ) -> ConvolutionPlan {
    let key = PrimitiveKey(
      .convolution,
      geometry.numbers + [direction.rawValue, precision == .bfloat16 ? 1 : 0] + epilogue.numbers)
    return Primitive.cached(key) {
      guard let plan = ConvolutionPlan(geometry, direction, epilogue, precision) else {
        refuse("oneDNN has no convolution of \(geometry.input) by \(geometry.weights)")
      }
      return plan
    }
  }

  /// `weights` in the format of this plan.
  func prepared(_ weights: Tensor) -> Storage {
    weights.weights(as: self.weights, seenAs: fromPlainWeights) { prepareWeights }
  }

  func forward(
    _ x: some ConvolutionFactor, _ weights: Tensor, _ bias: Tensor?,
    adding residual: Tensor? = nil, into y: Tensor
  ) {
    let kernel = prepared(weights)
    switch (bias, residual) {
    case (nil, nil): primitive.run(x.address, kernel.pointer, y.data)
    case (let bias?, nil): primitive.run(x.address, kernel.pointer, y.data, bias.data)
    case (nil, let residual?): primitive.run(x.address, kernel.pointer, y.data, residual.data)
    case (let bias?, let residual?):
      primitive.run(x.address, kernel.pointer, y.data, bias.data, residual.data)
    }
    withExtendedLifetime((x, kernel, bias, residual)) {}
  }

  func backwardData(_ gradient: some ConvolutionFactor, _ weights: Tensor, into dx: Tensor) {
    let kernel = prepared(weights)
    primitive.run(dx.data, kernel.pointer, gradient.address)
    withExtendedLifetime((gradient, kernel)) {}
  }

  func backwardWeights<Factor: ConvolutionFactor>(
    _ x: Factor, _ gradient: Factor, into dw: Tensor, bias: Tensor?
  ) {
    let scratch = restoreWeights == nil ? dw.storage : Storage(byteCount: weights.byteCount)
    if let bias {
      primitive.run(x.address, scratch.pointer, gradient.address, bias.data)
    } else {
      primitive.run(x.address, scratch.pointer, gradient.address)
    }
    restoreWeights?.run(scratch.pointer, dw.data)
    withExtendedLifetime((x, gradient, scratch)) {}
  }

  private static func arguments(
    _ direction: Direction, _ source: MemoryDescriptor, _ weights: MemoryDescriptor,
    _ target: MemoryDescriptor, _ bias: MemoryDescriptor?, hasResidual: Bool
  ) -> [(Int32, MemoryDescriptor)] {
    switch direction {
    case .forward:
      [(Argument.source, source), (Argument.weights, weights), (Argument.destination, target)]
        + (bias.map { [(Argument.bias, $0)] } ?? [])
        + (hasResidual ? [(Argument.firstPostOperation, target)] : [])
    case .data:
      [
        (Argument.sourceGradient, source), (Argument.weights, weights),
        (Argument.destinationGradient, target),
      ]
    case .weights:
      [
        (Argument.source, source), (Argument.weightsGradient, weights),
        (Argument.destinationGradient, target),
      ] + (bias.map { [(Argument.biasGradient, $0)] } ?? [])
    }
  }

  /// The first way that oneDNN has an optimised implementation for; a reference as the last resort.
  private static func choose(
    _ geometry: ConvolutionGeometry, _ direction: Direction, _ epilogue: Epilogue, _ types: Types
  ) -> (ConvolutionGeometry.Way, dnnl_primitive_desc_t)? {
    var last: (ConvolutionGeometry.Way, dnnl_primitive_desc_t)?
    for way in geometry.ways {
      guard let found = descriptor(geometry, direction, way, epilogue, types) else { continue }
      if let last { dnnl_primitive_desc_destroy(last.1) }
      last = (way, found)
      if !isReference(found) { break }
    }
    return last
  }

  private static func isReference(_ descriptor: dnnl_primitive_desc_t) -> Bool {
    var name: UnsafePointer<CChar>?
    dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, &name)
    return name.map { String(cString: $0).hasPrefix("ref") } ?? true
  }
}

extension ConvolutionPlan {
  private static func descriptor(
    _ geometry: ConvolutionGeometry, _ direction: Direction,
    _ way: ConvolutionGeometry.Way, _ epilogue: Epilogue, _ types: Types
  ) -> dnnl_primitive_desc_t? {
    let hasBias = epilogue.hasBias
    if direction == .forward {
      let after = epilogue.postOperations(MemoryDescriptor(geometry.output, way.output))
      defer { if let after { dnnl_post_ops_destroy(after) } }
      return operation(geometry, .forward, way, types, hasBias: hasBias).flatMap {
        Primitive.plan($0, after: after)
      }
    }
    guard
      let forward = operation(geometry, .forward, way, types.forward, hasBias: false),
      let hint = Primitive.plan(forward)
    else { return nil }
    defer { dnnl_primitive_desc_destroy(hint) }
    return operation(geometry, direction, way, types, hasBias: hasBias).flatMap {
      Primitive.plan($0, hint: hint)
    }
  }

  private static func operation(
    _ geometry: ConvolutionGeometry, _ direction: Direction,
    _ way: ConvolutionGeometry.Way, _ types: Types, hasBias: Bool
  ) -> dnnl_convolution_desc_t? {
    let source = MemoryDescriptor(geometry.input, way.input, type: types.input)
    let weights = MemoryDescriptor.any(geometry.weightDimensions, type: types.weights)
    let bias = MemoryDescriptor([geometry.outChannels], .rowMajor)
    let target = MemoryDescriptor(geometry.output, way.output, type: types.output)
    let strides = geometry.stride.map(Int64.init)
    let dilates = geometry.dilation.map { Int64($0 - 1) }
    let padding = geometry.padding.map(Int64.init)
    let far = geometry.farPadding.map(Int64.init)
    var result = dnnl_convolution_desc_t()
    let status = withUnsafePointers(source, weights, bias, target) { s, w, b, t in
      let b = hasBias ? b : nil
      return switch direction {
      case .forward:
        dnnl_dilated_convolution_forward_desc_init(
          &result, dnnl_forward_training, dnnl_convolution_direct, s, w, b, t, strides, dilates,
          padding, far)
      case .data:
        dnnl_dilated_convolution_backward_data_desc_init(
          &result, dnnl_convolution_direct, s, w, t, strides, dilates, padding, far)
      case .weights:
        dnnl_dilated_convolution_backward_weights_desc_init(
          &result, dnnl_convolution_direct, s, w, b, t, strides, dilates, padding, far)
      }
    }
    return status == dnnl_success ? result : nil
  }

  private static func withUnsafePointers(
    _ a: MemoryDescriptor, _ b: MemoryDescriptor, _ c: MemoryDescriptor, _ d: MemoryDescriptor,
    _ body: (
      UnsafePointer<dnnl_memory_desc_t>, UnsafePointer<dnnl_memory_desc_t>,
      UnsafePointer<dnnl_memory_desc_t>?, UnsafePointer<dnnl_memory_desc_t>
    ) -> dnnl_status_t
  ) -> dnnl_status_t {
    withUnsafePointer(to: a.raw) { a in
      withUnsafePointer(to: b.raw) { b in
        withUnsafePointer(to: c.raw) { c in
          withUnsafePointer(to: d.raw) { d in body(a, b, c, d) }
        }
      }
    }
  }
}
