internal import TributaryCore
internal import TributaryStorage
internal import TributaryWire

/// What an update must be before anybody adds it to anything: a client's bytes are hostile until here.
enum UpdateCheck {
  /// The manifest against the task: the same tensors, of the same shapes, weighted by a sane count.
  ///
  /// - Throws: `update.tensors`, `update.shape`, `update.type`, `update.weight`.
  static func check(_ offer: UpdateOffer, against task: TrainTask) throws {
    guard (1...Int(Int32.max)).contains(offer.exampleCount) else {
      throw TributaryError(
        "update.weight", "an update trained on \(offer.exampleCount) examples has no weight")
    }
    let expected = Dictionary(
      (task.purpose == .evaluate ? [] : task.globals).map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    for entry in offer.delta {
      guard let global = expected[entry.name] else {
        throw TributaryError("update.tensors", "\(entry.name) is not among the tensors to update")
      }
      guard entry.shape == global.shape else {
        throw TributaryError(
          "update.shape", "\(entry.name) has shape \(entry.shape), expected \(global.shape)")
      }
      guard
        entry.dtype == global.dtype
          || entry.dtype.isFloatingPoint && global.dtype.isFloatingPoint
      else {
        throw TributaryError(
          "update.type",
          "\(entry.name) is \(entry.dtype.rawValue), expected \(global.dtype.rawValue)")
      }
    }
    // Names are distinct on both sides, so equal counts mean equal sets.
    guard offer.delta.count == expected.count else {
      let present = Set(offer.delta.map(\.name))
      let missing = expected.keys.filter { !present.contains($0) }.min() ?? ""
      throw TributaryError("update.tensors", "\(missing) is missing from the update")
    }
  }

  /// The update whose tensors' verified bytes are `blobs`.
  ///
  /// - Throws: `update.nonFinite` for a NaN or an infinity.
  static func update(_ offer: UpdateOffer, blobs: [Digest: Bytes]) throws -> ClientUpdate {
    var delta: [String: HostTensor] = [:]
    for entry in offer.delta {
      guard let bytes = blobs[entry.digest] else {
        throw TributaryError("update.tensors", "\(entry.name) did not come in")
      }
      let tensor = try HostTensor(dtype: entry.dtype, shape: entry.shape, bytes: bytes)
      guard tensor.isFinite else {
        throw TributaryError("update.nonFinite", "\(entry.name) holds a NaN or an infinity")
      }
      delta[entry.name] = tensor
    }
    return ClientUpdate(
      runID: offer.runID, round: offer.round, client: offer.client,
      exampleCount: offer.exampleCount, delta: ParameterTree(delta),
      metrics: offer.metrics.filter(\.value.isFinite))
  }
}
