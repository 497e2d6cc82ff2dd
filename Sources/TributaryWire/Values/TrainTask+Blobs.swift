public import TributaryCore

extension ModelManifest {
  /// What the model's files and frozen tensors are: the same in every round, worth keeping.
  public var blobs: [BlobSize] {
    assets.map { BlobSize(digest: $0.digest, byteCount: $0.byteCount) }
      + tensors.map { BlobSize(digest: $0.digest, byteCount: $0.byteCount) }
  }
}

extension TrainTask {
  /// Every blob that the task needs.
  public var blobs: [BlobSize] {
    model.blobs + globals.map { BlobSize(digest: $0.digest, byteCount: $0.byteCount) }
  }
}

/// A blob and how large it is.
public struct BlobSize: Sendable, Hashable {
  public var digest: Digest
  public var byteCount: Int

  public init(digest: Digest, byteCount: Int) {
    self.digest = digest
    self.byteCount = byteCount
  }
}
