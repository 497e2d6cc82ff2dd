/// Runs `body` on this thread without recording history.
public func withoutGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
  try withRecording(false, body)
}

func withRecording<Result>(_ recording: Bool, _ body: () throws -> Result) rethrows -> Result {
  let context = ThreadContext.current
  let before = context.isRecording
  context.isRecording = recording
  defer { context.isRecording = before }
  return try body()
}

/// Whether an operation on this thread should be differentiable (else a fused path may serve).
var isRecording: Bool { ThreadContext.current.isRecording }
