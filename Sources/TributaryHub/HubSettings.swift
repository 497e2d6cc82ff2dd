internal import Foundation
internal import TributaryCore
internal import TributaryStorage

/// What Hugging Face's environment variables say, by the same rules as `huggingface_hub`.
public struct HubSettings: Sendable {
  /// `HF_ENDPOINT`, without a slash at its end.
  public var endpoint = "https://huggingface.co"
  /// The folder of all models: `HF_HUB_CACHE`, else `HF_HOME/hub`.
  public var cache: String
  /// `HF_HUB_OFFLINE`: no network, only the cache.
  public var isOffline = false
  /// `HF_TOKEN`, else the file that `hf auth login` writes. Never printed.
  var token: String?

  public init(environment: [String: String]) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let user = environment["HOME"] ?? "/"
    func expanded(_ path: String) -> String {
      if path.hasPrefix("~/") { return user + path.dropFirst() }
      // What is found has to be found from other folders, too.
      return path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
    let caches = value("XDG_CACHE_HOME").map(expanded) ?? "\(user)/.cache"
    let home = value("HF_HOME").map(expanded) ?? "\(caches)/huggingface"
    cache = value("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE").map(expanded) ?? "\(home)/hub"
    if var named = value("HF_ENDPOINT") {
      while named.hasSuffix("/") { named.removeLast() }
      endpoint = named
    }
    let isTrue: (String) -> Bool = { ["1", "ON", "YES", "TRUE"].contains($0.uppercased()) }
    isOffline = value("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE").map(isTrue) ?? false
    if value("HF_HUB_DISABLE_IMPLICIT_TOKEN").map(isTrue) ?? false { return }
    let file = value("HF_TOKEN_PATH").map(expanded) ?? "\(home)/token"
    token =
      Self.trimmed(value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"))
      ?? Self.trimmed(
        (try? DurableFile.read(file)).map { bytes in
          bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        })
  }

  /// A token as it may stand in a header; nil for one that may not.
  private static func trimmed(_ text: String?) -> String? {
    guard let text else { return nil }
    let word = text.split(whereSeparator: \.isWhitespace)
    guard word.count == 1, word[0].utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      return nil
    }
    return String(word[0])
  }
}
