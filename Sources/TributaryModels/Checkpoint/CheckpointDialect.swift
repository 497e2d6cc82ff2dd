internal import TributaryCore
internal import TributaryStorage

/// How somebody else publishes an architecture: other names, and what their network does otherwise.
///
/// A checkpoint is translated when it is read, so that everything behind, and what is written, has our names.
struct CheckpointDialect: Sendable {
  /// A tensor that only this dialect has.
  let mark: String
  /// What the network does otherwise, as `ModelConfiguration.settings`.
  var settings: [(String, JSON)] = []
  /// What is done to pixels, if not what the architecture says.
  var normalization: ImageRequest?
  /// Whether the first convolution takes blue, green and red in this order.
  var isBGR = false
  /// Our name for one of theirs; nil: not needed.
  let name: @Sendable (String) -> String?

  /// The tensors under our names, colours in our order.
  ///
  /// - Parameter firstConvolution: our name of the weight that takes the colours.
  /// - Throws: `checkpoint.surplus` where two tensors come to one name.
  func translate(
    _ checkpoint: ModelSource.Checkpoint, firstConvolution: String?
  ) throws -> ModelSource.Checkpoint {
    var found: [(String, HostTensor)] = []
    var names: Set<String> = []
    for (original, tensor) in checkpoint.tensors {
      guard let name = name(CheckpointName.withoutWrapper(original)) else { continue }
      guard names.insert(name).inserted else {
        throw TributaryError("checkpoint.surplus", "\(checkpoint.file) has \(name) twice")
      }
      let isReversed = isBGR && name == firstConvolution
      found.append((name, isReversed ? try reversingInputs(tensor) : tensor))
    }
    return ModelSource.Checkpoint(file: checkpoint.file, tensors: ParameterTree(found))
  }

  /// A convolution's weight `[outputs, inputs, height, width]` with its inputs in reverse order.
  private func reversingInputs(_ tensor: HostTensor) throws -> HostTensor {
    guard tensor.shape.rank == 4 else { return tensor }
    let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
    let area = tensor.shape[2] * tensor.shape[3]
    let values = try tensor.floats()
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for output in 0..<outputs {
      for input in (0..<inputs).reversed() {
        let start = (output * inputs + input) * area
        result += values[start..<(start + area)]
      }
    }
    return HostTensor(result, shape: tensor.shape)
  }
}

extension Architecture {
  /// The dialect that a checkpoint is written in; nil: our own.
  func dialect(of source: ModelSource) -> CheckpointDialect? {
    dialects.first { source.shape(of: $0.mark) != nil }
  }
}
