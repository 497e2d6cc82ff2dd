internal import TributaryCore

/// A checkpoint that `torch.save` wrote, as a ZIP archive or in the form before PyTorch 1.6.
///
/// Tensors share the file's mapping; those whose elements do not lie in row-major order are gathered, all
/// together into no more bytes than the file has.
struct TorchFile {
  private(set) var tensors: ParameterTree<HostTensor> = [:]
  private(set) var notes: [String] = []
  private let name: String
  /// Bytes that may still be copied.
  private var budget: Int
  private var gathered: [String: Bytes] = [:]

  /// - Parameter name: what errors call these bytes.
  /// - Throws: `checkpoint.pickle`, `checkpoint.zip`, `checkpoint.storage`, `checkpoint.format`, ...
  init(_ bytes: Bytes, name: String) throws {
    self.name = name
    budget = bytes.count
    if TorchArchive.begins(bytes) {
      let archive = try TorchArchive(bytes, name: name)
      try fill(from: archive.content) { try archive.block(of: $0) }
    } else {
      let stream = try TorchStream(bytes, name: name)
      try fill(from: stream.content) { try stream.block(of: $0) }
    }
  }

  private mutating func fill(
    from content: TorchContent, block: (TorchStorage) throws -> Bytes
  ) throws {
    let state = try TorchStateDictionary(in: content.root, of: content.graph, name: name)
    notes = state.notes
    var pairs: [(String, HostTensor)] = []
    var names: Set<[UInt8]> = []
    for (key, tensor) in state.tensors {
      guard names.insert(Array(key.utf8)).inserted else {
        throw TributaryError(
          "checkpoint.duplicate", "\(name) has \(key.prefix(80)) twice",
          advice: "save the model's state_dict() again")
      }
      pairs.append((key, try host(tensor, in: block(tensor.storage), content)))
    }
    tensors = ParameterTree(pairs)
  }

  private mutating func host(
    _ tensor: TorchTensor, in block: Bytes, _ content: TorchContent
  ) throws -> HostTensor {
    let shape = Shape(tensor.shape)
    let size = shape.elementCount * tensor.dtype.byteCount
    let swaps = content.isBigEndian && tensor.dtype.byteCount > 1
    if tensor.isContiguous && !swaps {
      let bytes = tensor.start(in: block)[0..<size]
      return try HostTensor(dtype: tensor.dtype, shape: shape, bytes: bytes)
    }
    // Tensors that are one and the same stay so.
    let place = tensor.storage.elements.lowerBound * tensor.storage.dtype.byteCount
    let key =
      "\(tensor.storage.key) \(place) \(tensor.dtype) \(tensor.offset) \(shape) \(tensor.strides)"
    if let known = gathered[key] {
      return try HostTensor(dtype: tensor.dtype, shape: shape, bytes: known)
    }
    guard size <= budget else {
      throw TributaryError(
        "checkpoint.storage", "\(name): its tensors take more bytes than the file has",
        advice: "save tensors that are contiguous()")
    }
    budget -= size
    var bytes = tensor.gathered(from: block)
    if swaps { bytes = bytes.reversingElements(of: tensor.dtype.byteCount) }
    gathered[key] = bytes
    return try HostTensor(dtype: tensor.dtype, shape: shape, bytes: bytes)
  }
}

/// What the pickle in a checkpoint made.
struct TorchContent {
  var root: PickleValue
  var graph: PickleGraph
  var isBigEndian = false
}

extension Bytes {
  fileprivate func reversingElements(of size: Int) -> Bytes {
    Bytes(count: count) { target in
      withUnsafeBytes { source in
        for index in 0..<count {
          target[index] = source[index / size * size + size - 1 - index % size]
        }
      }
    }
  }
}
