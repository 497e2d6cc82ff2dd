internal import TributaryCore
internal import TributaryStorage

/// The folder that `keygen` makes: the coordinator's key pair, and one folder for each worker.
/// README.md of this module shows the layout.
public struct KeyFolder: Sendable {
  public let path: String

  public init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  public var authorizedFolder: String { "\(path)/authorized" }
  public func workerFolder(_ name: String) -> String { "\(path)/workers/\(name)" }

  /// Makes what is missing: the coordinator's key pair and one for each of `workers`, authorised.
  ///
  /// - Returns: the files written, in order; none where all were there.
  /// - Throws: `client.name` for a name that cannot be a file's, `file.write`, `file.full`.
  @discardableResult
  public func generate(workers: [String]) throws -> [String] {
    for name in workers { _ = try ClientID(name) }
    try DurableFile.createFolder(path)
    try DurableFile.createFolder(authorizedFolder)
    try DurableFile.createFolder("\(path)/workers", mode: 0o700)
    var written: [String] = []
    let coordinator = try keyPair(
      secretFile: "\(path)/coordinator.key", publicFiles: ["\(path)/coordinator.pub"],
      owner: "coordinator", written: &written)
    for name in workers {
      let folder = workerFolder(name)
      try DurableFile.createFolder(folder, mode: 0o700)
      try keyPair(
        secretFile: "\(folder)/worker.key",
        publicFiles: ["\(folder)/worker.pub", "\(authorizedFolder)/\(name).pub"],
        owner: "worker \(name)", written: &written)
      try publish(
        coordinator, as: "\(folder)/coordinator.pub", owner: "coordinator", written: &written)
    }
    return written
  }

  /// The coordinator's side: `coordinator.key` and `authorized/`.
  public func coordinatorSecurity() throws -> CoordinatorSecurity {
    let secret = try readSecret("\(path)/coordinator.key")
    return .curve(secret: secret, authorizedFolder: authorizedFolder)
  }

  /// A worker's side, where this folder is `DIR/workers/NAME`: `worker.key` and `coordinator.pub`.
  public func workerSecurity() throws -> WorkerSecurity {
    let secret = try readSecret("\(path)/worker.key")
    let file = "\(path)/coordinator.pub"
    guard let key = CurvePublicKey(z85: try KeyFile.read(file, isSecret: false)) else {
      throw Self.malformed(file)
    }
    return .curve(secret: secret, coordinator: key, coordinatorFile: file)
  }

  @discardableResult
  private func keyPair(
    secretFile: String, publicFiles: [String], owner: String, written: inout [String]
  ) throws -> CurvePublicKey {
    let secret: CurveSecret
    if DurableFile.exists(secretFile) {
      secret = try readSecret(secretFile)
    } else {
      secret = try CurveSecret.generate()
      try KeyFile.write(
        secret.z85, comment: "Tributary, secret key of \(owner): keep it on its host",
        to: secretFile, isSecret: true)
      written.append(secretFile)
    }
    for file in publicFiles {
      try publish(secret.publicKey, as: file, owner: owner, written: &written)
    }
    return secret.publicKey
  }

  private func publish(
    _ key: CurvePublicKey, as file: String, owner: String, written: inout [String]
  ) throws {
    guard !DurableFile.exists(file) else { return }
    try KeyFile.write(
      key.z85, comment: "Tributary, public key of \(owner)", to: file, isSecret: false)
    written.append(file)
  }

  private func readSecret(_ file: String) throws -> CurveSecret {
    guard let secret = CurveSecret(z85: try KeyFile.read(file, isSecret: true)) else {
      throw Self.malformed(file)
    }
    return secret
  }

  private static func malformed(_ file: String) -> TributaryError {
    TributaryError("keys.malformed", "\(file) is not a key file")
  }
}
