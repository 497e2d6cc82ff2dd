internal import TributaryCore
internal import TributaryWire

/// An update ready to travel: its manifest, and its bytes by digest.
struct PreparedUpdate: Sendable, Equatable {
  var offer: UpdateOffer
  var blobs: [Digest: Bytes]

  /// Hashes every tensor: done where training is done, not where heartbeats are.
  init(_ update: ClientUpdate) {
    let entries = update.delta.map { TensorEntry(name: $0, tensor: $1) }
    blobs = Dictionary(
      zip(entries.values.map(\.digest), update.delta.values.map(\.bytes)),
      uniquingKeysWith: { first, _ in first })
    offer = UpdateOffer(
      runID: update.runID, round: update.round, client: update.client,
      exampleCount: update.exampleCount, delta: entries.values, metrics: update.metrics)
  }
}

extension PreparedUpdate: BlobSource {
  func blob(_ digest: Digest) -> Bytes? { blobs[digest] }
}
