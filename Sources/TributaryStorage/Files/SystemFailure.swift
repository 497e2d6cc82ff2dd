internal import Glibc
internal import TributaryCore

/// What the system said last (`errno`), as an error that names the file.
enum SystemFailure {
  /// `cannot write out/model: No space left on device`; a full disk is `file.full`, whatever `code`.
  static func last(_ what: String, _ path: String, code: String = "file.write") -> TributaryError {
    let number = errno
    let text = "\(what) \(path): \(String(cString: strerror(number)))"
    if number == ENOSPC || number == EDQUOT {
      return TributaryError("file.full", text, advice: "free some space and try again")
    }
    return TributaryError(code, text)
  }
}
