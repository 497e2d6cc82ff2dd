internal import TributaryCore
internal import TributaryStorage

/// What clients remember from round to round and never send: control variates, personal layers and models.
///
/// A file a client and round, `FOLDER/RUN/GROUP/CLIENT/round-0003.safetensors`, written before the round's update is
/// offered. A round goes on from the client's last round that counted, as its task says; so a round done twice, or
/// in vain, changes nothing. Kept are the states that the last round began and ended with, and the one before them.
public struct ClientMemory: Sendable {
  private let folder: String

  /// - Parameter folder: is made where it is missing, once there is something to keep.
  public init(folder: String) { self.folder = folder }

  /// What `client` remembers after `round`; nothing for round 0.
  /// - Throws: `client.memory` where it is gone or cannot be read, or a number in it is not finite.
  func read(run: String, client: ClientID, round: Int) throws -> ParameterTree<HostTensor> {
    guard round > 0 else { return [:] }
    let path = path(run, client, round)
    do {
      return try SafetensorsFile(bytes: try DurableFile.read(path), name: path, requireFinite: true)
        .tensors
    } catch {
      throw TributaryError(
        "client.memory", "what \(client) kept after round \(round) is not in \(path)",
        advice:
          "give the worker the memory folder it had, or let a client of another name take its place",
        cause: error)
    }
  }

  /// Keeps `tensors` durably as what `client` remembers after `round`, which began from `start`.
  func write(
    _ tensors: ParameterTree<HostTensor>, run: String, client: ClientID, round: Int,
    after start: Int
  ) throws {
    let folder = folder(run, client)
    try DurableFile.createFolder(folder)
    _ = try SafetensorsFile.write(tensors, to: path(run, client, round))
    let names = DurableFile.names(in: folder)
    // Should the coordinator find its newest checkpoint damaged, the round that `start` was is done again.
    let former = names.filter { $0.hasPrefix("round-") && $0 < Self.name(start) }.max()
    let kept = [Self.name(round), Self.name(start), former]
    for name in names where name.hasPrefix("round-") && !kept.contains(name) {
      DurableFile.remove(folder + "/" + name)
    }
  }

  /// Keeps the model that `client` made of the result for itself: `tuned.safetensors`, under the model's own names.
  func writeTuned(_ tensors: ParameterTree<HostTensor>, run: String, client: ClientID) throws {
    try DurableFile.createFolder(folder(run, client))
    _ = try SafetensorsFile.write(tensors, to: folder(run, client) + "/tuned.safetensors")
  }

  private func folder(_ run: String, _ client: ClientID) -> String {
    // Clients may be a million: no folder holds them all.
    let group = Digest(of: client.name).hex.prefix(2)
    // The run's name is a peer's word, and no path.
    return "\(folder)/\(Digest(of: run).hex.prefix(16))/\(group)/\(client.name)"
  }

  private func path(_ run: String, _ client: ClientID, _ round: Int) -> String {
    folder(run, client) + "/" + Self.name(round)
  }

  private static func name(_ round: Int) -> String {
    let digits = String(round)
    return "round-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
      + ".safetensors"
  }
}
