/// How long a thread may sleep in poll.
enum PollTimeout {
  /// Milliseconds until `deadline`, rounded up so that waking is never too early; -1 for ever.
  static func milliseconds(until deadline: Double?, now: Double) -> Int32 {
    guard let deadline else { return -1 }
    return Int32(min(max((deadline - now) * 1000, 0).rounded(.up), 3_600_000))
  }
}
