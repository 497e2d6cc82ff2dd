public import TributaryCore

/// The format of checkpoints, given by the composition root (safetensors): tensors to bytes and back.
///
/// `decode(encode(tensors))` gives the same tensors, and equal tensors give equal bytes.
public protocol CheckpointStore: Sendable {
  func encode(_ tensors: ParameterTree<HostTensor>) throws -> Bytes
  /// - Throws: where the bytes are not a checkpoint.
  func decode(_ bytes: Bytes) throws -> ParameterTree<HostTensor>
}
