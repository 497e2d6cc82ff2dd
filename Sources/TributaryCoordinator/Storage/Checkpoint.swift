internal import TributaryCore
internal import TributaryStorage

/// What a round leaves behind: the moving tensors and the strategy's state.
struct Checkpoint: Sendable, Equatable {
  var globals: ParameterTree<HostTensor>
  var state: ParameterTree<HostTensor>

  /// The model's own tensors among `globals`.
  var model: ParameterTree<HostTensor> { globals.withoutCarried }

  /// In the file, the names of the state's tensors begin with this; tensor names never do.
  private static let statePrefix = "@strategy/"

  /// One tree: `globals` under their own names, so that the file can be used as weights.
  private var tensors: ParameterTree<HostTensor> {
    ParameterTree(
      Array(globals) + state.map { ($0, $1) }.values.map { (Self.statePrefix + $0, $1) })
  }

  /// Writes the checkpoint durably and returns the digest of its bytes.
  func write(name: String, layout: DirectoryLayout) throws -> Digest {
    try SafetensorsFile.write(tensors, to: layout.checkpoints + "/" + name)
  }

  /// - Throws: `checkpoint.damaged` where the file is gone or is not what was written.
  init(name: String, digest: Digest, layout: DirectoryLayout) throws {
    let path = layout.checkpoints + "/" + name
    do {
      let bytes = try DurableFile.read(path)
      guard Digest(of: bytes) == digest else {
        throw TributaryError("checkpoint.digest", "its SHA-256 is not the one in the ledger")
      }
      let file = try SafetensorsFile(bytes: bytes, name: name, requireFinite: true)
      let tensors = Array(file.tensors)
      globals = ParameterTree(tensors.filter { !$0.0.hasPrefix(Self.statePrefix) })
      state = ParameterTree(
        tensors.filter { $0.0.hasPrefix(Self.statePrefix) }.map {
          (String($0.0.dropFirst(Self.statePrefix.count)), $0.1)
        })
    } catch {
      throw TributaryError(
        "checkpoint.damaged", "the checkpoint \(path) cannot be used", cause: error)
    }
  }

  init(globals: ParameterTree<HostTensor>, state: ParameterTree<HostTensor>) {
    self.globals = globals
    self.state = state
  }
}
