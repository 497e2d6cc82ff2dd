internal import Glibc

/// The workers a coordinator admits: a folder of `NAME.pub`, read anew at every handshake, so that
/// adding or removing a file needs no restart.
struct AuthorizedKeys {
  private let folder: String
  init(_ folder: String) { self.folder = folder }

  /// Names in order; empty where the folder cannot be read.
  var names: [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let file = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if file.hasSuffix(".pub"), !file.hasPrefix(".") { names.append(String(file.dropLast(4))) }
    }
    return names.sorted()
  }

  /// Under which name `key` is authorised, or nil.
  func name(of key: CurvePublicKey) -> String? {
    names.first { name in
      (try? KeyFile.read("\(folder)/\(name).pub", isSecret: false)) == key.z85
    }
  }
}
