internal import TributaryStorage

/// The workers a coordinator admits: a folder of `NAME.pub`, read anew at every handshake, so that
/// adding or removing a file needs no restart.
struct AuthorizedKeys {
  private let folder: String
  init(_ folder: String) { self.folder = folder }

  /// Names in order; empty where the folder cannot be read.
  var names: [String] {
    DurableFile.names(in: folder).filter { $0.hasSuffix(".pub") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(4)) }.sorted()
  }

  /// Under which name `key` is authorised, or nil.
  func name(of key: CurvePublicKey) -> String? {
    names.first { name in
      (try? KeyFile.read("\(folder)/\(name).pub", isSecret: false)) == key.z85
    }
  }
}
