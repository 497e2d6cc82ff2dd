public import TributaryCore

/// Where blobs are found by what they are: in memory, in a mapped file, or in a worker's cache.
public protocol BlobSource: Sendable {
  /// The bytes whose SHA-256 is `digest`, or nil where this source lacks them. Copies nothing.
  func blob(_ digest: Digest) -> Bytes?
}

/// Blobs held in memory by their digest.
public struct MemoryBlobs: BlobSource {
  private var blobs: [Digest: Bytes] = [:]

  public init() {}

  /// The bytes of `tensors` and of `assets`; hashes each once.
  public init(tensors: ParameterTree<HostTensor>, assets: [Bytes] = []) {
    for tensor in tensors.values { insert(tensor.bytes) }
    for asset in assets { insert(asset) }
  }

  @discardableResult
  public mutating func insert(_ bytes: Bytes) -> Digest {
    let digest = Digest(of: bytes)
    blobs[digest] = bytes
    return digest
  }

  /// Adds `bytes` under a digest that the caller computed or verified.
  public mutating func insert(_ bytes: Bytes, verified digest: Digest) { blobs[digest] = bytes }

  public mutating func remove(_ digest: Digest) { blobs[digest] = nil }

  public func blob(_ digest: Digest) -> Bytes? { blobs[digest] }
}

/// The first source that has a blob provides it.
public struct LayeredBlobs: BlobSource {
  public var layers: [any BlobSource]
  public init(_ layers: [any BlobSource]) { self.layers = layers }
  public func blob(_ digest: Digest) -> Bytes? {
    for layer in layers {
      if let bytes = layer.blob(digest) { return bytes }
    }
    return nil
  }
}
