internal import Glibc

/// Stops with `message` on standard error: for misuse of the engine by our own code. Unlike
/// `precondition`, the message also shows in a release build.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { refuse(message()) }
}

@inline(never)
func refuse(_ message: String) -> Never {
  var line = "tributary: \(message)\n"
  line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  preconditionFailure(message)
}
