internal import TributaryCore
internal import TributaryStorage

extension ModelConversion.Content {
  /// Makes int8 of the weights of convolutions and linear layers, with a scale for each output channel in
  /// `NAME_scale`: compressed-tensors' format `naive-quantized`. `transformers` reads no int8 embeddings.
  ///
  /// - Parameter type: of the scales; nil: float32.
  /// - Throws: `checkpoint.dtype` where the architecture is not known or has its weights the other way round.
  mutating func quantize(others type: DType?) throws {
    guard let architecture, let entry = try? ModelRegistry.entry(architecture) else {
      throw TributaryError(
        "checkpoint.dtype", "int8 needs to know the architecture", advice: "name one")
    }
    guard !entry.isTransposed else {
      throw TributaryError(
        "checkpoint.dtype",
        "a \(architecture) has one weight column an output, which int8 here cannot scale",
        advice: "use float16 or bfloat16")
    }
    var count = 0
    let converted = try tensors.flatMap { name, tensor -> [(String, HostTensor)] in
      let isEmbedding = name.split(separator: ".").contains {
        ["embedding", "embeddings"].contains($0)
      }
      guard name.hasSuffix(".weight"), tensor.shape.rank >= 2, tensor.dtype.isFloatingPoint,
        !isEmbedding
      else { return [(name, tensor)] }
      count += 1
      let (values, scale) = try tensor.quantized(scaleType: type ?? .float32, name: name)
      return [(name, values), ("\(name)_scale", scale)]
    }
    notes.append("\(count) of \(tensors.count) tensors became int8, with a scale a channel")
    tensors = ParameterTree(converted)
  }

  /// What Hugging Face's `config.json` says about such weights.
  static let quantization = JSON.object([
    ("quant_method", .string("compressed-tensors")), ("format", .string("naive-quantized")),
    ("quantization_status", .string("compressed")),
    (
      "config_groups",
      .object([
        (
          "group_0",
          .object([
            // Here, too: else the format is guessed from the number of bits.
            ("format", .string("naive-quantized")), ("targets", .array([.string("Linear")])),
            (
              "weights",
              .object([
                ("num_bits", .integer(8)), ("type", .string("int")), ("symmetric", .bool(true)),
                ("strategy", .string("channel")), ("dynamic", .bool(false)),
              ])
            ),
          ])
        )
      ])
    ),
  ])
}
