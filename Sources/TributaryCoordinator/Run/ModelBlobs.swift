internal import TributaryCore
internal import TributaryWire

/// The part of the model that stays the same in every round, hashed once.
struct ModelBlobs: Sendable {
  let manifest: ModelManifest
  let blobs: MemoryBlobs
  /// Of the manifest, the initial moving tensors and the trace of availability: what a resumed run must find again.
  let digest: Digest

  init(_ inputs: CoordinatorInputs, trace: Digest?) {
    var blobs = MemoryBlobs()
    let tensors = Self.entries(of: inputs.frozen, into: &blobs)
    let assets = inputs.assets.sorted { $0.key < $1.key }.map { name, bytes in
      AssetEntry(name: name, byteCount: bytes.count, digest: blobs.insert(bytes))
    }
    manifest = ModelManifest(architecture: inputs.architecture, assets: assets, tensors: tensors)
    self.blobs = blobs
    var unused = MemoryBlobs()
    let moving = Self.entries(of: inputs.globals, into: &unused)
    let lines =
      [inputs.architecture, inputs.settings, inputs.buffers.sorted().joined(separator: ",")]
      + assets.map { "\($0.name) \($0.digest)" }
      + (tensors + moving).map {
        "\($0.name) \($0.dtype.rawValue) \($0.shape) \($0.digest)"
      } + ["\(tensors.count) frozen"] + (trace.map { ["trace \($0)"] } ?? [])
    digest = Digest(of: lines.joined(separator: "\n"))
  }

  /// The entries of `tensors`, whose bytes are put into `blobs`.
  static func entries(
    of tensors: ParameterTree<HostTensor>, into blobs: inout MemoryBlobs
  ) -> [TensorEntry] {
    zip(tensors.names, tensors.values).map { name, tensor in
      let entry = TensorEntry(name: name, tensor: tensor)
      blobs.insert(tensor.bytes, verified: entry.digest)
      return entry
    }
  }
}
