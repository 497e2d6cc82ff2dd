/// An error that explains itself: what happened, where, and what to do about it.
///
/// `code` is stable and machine-readable (`checkpoint.truncated`); `message` is one line for a
/// person; `advice` says what to do next. Text never shows private data.
public struct TributaryError: Error, Sendable, CustomStringConvertible {
  public var code: String
  public var message: String
  public var advice: String?
  public var cause: (any Error)?

  public init(
    _ code: String, _ message: String, advice: String? = nil, cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.advice = advice
    self.cause = cause
  }

  public var description: String {
    var text = message
    if let cause { text += ": \(cause)" }
    if let advice { text += " (\(advice))" }
    return text
  }
}
