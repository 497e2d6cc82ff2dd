internal import Glibc
public import TributaryCore
public import TributaryTransport

/// Where a worker goes and who it is.
public struct WorkerConfiguration: Sendable {
  /// `tcp://HOST:PORT`.
  public var coordinator: String
  public var security: WorkerSecurity
  /// This process's name in reports; a process of the same name takes its place after a crash.
  public var name: String
  public var client: ClientID
  public var exampleCount: Int
  /// Name and version of the program.
  public var software: String
  public var processor: String
  /// Where frozen tensors and assets are kept between runs; nil for in memory only.
  public var cacheFolder: String?
  /// How long to look for a coordinator before giving up.
  public var patienceSeconds: Double

  public init(
    coordinator: String, security: WorkerSecurity, name: String, client: ClientID,
    exampleCount: Int, software: String,
    processor: String = WorkerConfiguration.thisProcessor, cacheFolder: String? = nil,
    patienceSeconds: Double = 60
  ) {
    self.coordinator = coordinator
    self.security = security
    self.name = name
    self.client = client
    self.exampleCount = exampleCount
    self.software = software
    self.processor = processor
    self.cacheFolder = cacheFolder
    self.patienceSeconds = patienceSeconds
  }

  /// The processor's name and the number of processors, as Linux tells them.
  public static var thisProcessor: String {
    let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    guard let file = fopen("/proc/cpuinfo", "r") else { return "\(count) processors" }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 512)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let line = String(
        decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if line.hasPrefix("model name"), let colon = line.firstIndex(of: ":") {
        let name = line[line.index(after: colon)...].drop { $0 == " " }
        return "\(name.filter { !$0.isNewline }) x \(count)"
      }
    }
    return "\(count) processors"
  }

  /// Where the coordinator's public key came from, for messages about it.
  var coordinatorKeyFile: String {
    if case .curve(_, _, let file) = security { file } else { "" }
  }
}

/// How a worker's run ended well.
public enum WorkerExit: Sendable, Equatable {
  /// The run is done. Exit code 0.
  case completed(rounds: Int, digest: Digest)
  /// `Worker.stop` was called. Exit code 130.
  case stopped
}
