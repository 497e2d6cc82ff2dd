internal import TributaryCore

/// One blob's memory while its chunks come in, hashed on the way.
///
/// Safety of @unchecked: only its receiver holds it, and the memory is not written once `bytes` was
/// handed out.
final class BlobAssembly: @unchecked Sendable {
  private let memory: UnsafeMutableRawBufferPointer
  private var filled = 0
  private var hasher = Digest.Hasher()

  init(count: Int) { memory = .allocate(byteCount: count, alignment: 64) }
  deinit { memory.deallocate() }

  func append(_ piece: Bytes) {
    precondition(filled + piece.count <= memory.count, "a piece beyond the blob")
    piece.withUnsafeBytes { source in
      UnsafeMutableRawBufferPointer(rebasing: memory[filled...]).copyMemory(from: source)
      hasher.update(source)
    }
    filled += piece.count
  }

  var digest: Digest { hasher.finalize() }

  var bytes: Bytes { Bytes(owner: self, buffer: UnsafeRawBufferPointer(memory)) }
}
