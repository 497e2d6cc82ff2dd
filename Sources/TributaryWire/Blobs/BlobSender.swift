internal import TributaryCore

/// Answers a peer's requests for blobs.
public enum BlobSender {
  /// The chunk that answers `fetch`: slices of the blobs, not copies.
  ///
  /// - Throws: `wire.malformed` for a range outside its blob.
  public static func answer(_ fetch: Fetch, from source: any BlobSource) throws -> Chunk {
    var chunk = Chunk(request: fetch.request, pieces: [])
    for range in fetch.ranges {
      guard let blob = source.blob(range.digest) else {
        chunk.missing.append(range.digest)
        continue
      }
      guard range.offset >= 0, range.length > 0, range.offset <= blob.count,
        range.length <= blob.count - range.offset
      else { throw Message.malformed("a range outside its blob") }
      chunk.pieces.append(
        Chunk.Piece(
          digest: range.digest, offset: range.offset, total: blob.count,
          bytes: blob[range.offset..<(range.offset + range.length)]))
    }
    if !chunk.missing.isEmpty { chunk.pieces = [] }
    return chunk
  }
}
