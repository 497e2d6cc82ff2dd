internal import TributaryCore
internal import TributaryTransport

/// What ends a worker, each in one line.
enum WorkerErrors {
  /// The error for a connection that trying again will not open; nil where it may.
  static func final(
    _ failure: LinkFailure, address: String, keyFile: String
  ) -> TributaryError? {
    switch failure {
    case .noAnswer: nil
    case .notACoordinator:
      TributaryError(
        "worker.notACoordinator", "what answers at \(address) is no Tributary coordinator",
        advice: "check host and port")
    case .keyRefused:
      TributaryError(
        "worker.keyRefused", "the coordinator at \(address) refused this worker's key",
        advice: "copy worker.pub to the coordinator's authorized/NAME.pub")
    case .wrongServerKey:
      TributaryError(
        "worker.wrongServerKey", "the coordinator's key at \(address) is not the one in \(keyFile)",
        advice: "copy coordinator.pub from the coordinator's key folder")
    case .keysDemanded:
      TributaryError(
        "worker.security", "the coordinator at \(address) demands keys",
        advice: "give --keys DIR; --insecure works only where both sides say so")
    case .keysNotSpoken:
      TributaryError(
        "worker.security", "the coordinator at \(address) runs without encryption",
        advice: "start it with keys; --insecure works only where both sides say so")
    }
  }

  static func refused(_ reason: String) -> TributaryError {
    TributaryError("worker.refused", "the coordinator refused this worker: \(reason)")
  }

  static func gone(_ address: String, seconds: Double, reason: String?) -> TributaryError {
    let whole = seconds == seconds.rounded()
    let waited = whole ? String(Int(seconds)) : String(seconds)
    return TributaryError(
      "worker.coordinatorGone",
      "no coordinator at \(address) for \(waited) s"
        + (reason.map { ": \($0)" } ?? ""),
      advice: "check host and port; --patience SECONDS waits longer")
  }
}
