internal import CZeroMQ
internal import TributaryCore

/// A Curve25519 public key, written as 40 characters of Z85 (ZeroMQ RFC 32).
public struct CurvePublicKey: Hashable, Sendable {
  public let z85: String

  public init?(z85: String) {
    guard Z85.isKey(z85) else { return nil }
    self.z85 = z85
  }

  /// The key whose 32 octets these are.
  init?(octets: [UInt8]) {
    guard octets.count == 32 else { return nil }
    var text = [CChar](repeating: 0, count: 41)
    guard zmq_z85_encode(&text, octets, octets.count) != nil else { return nil }
    z85 = Z85.string(text)
  }
}

/// A Curve25519 secret key. Its description shows nothing of it.
public struct CurveSecret: Sendable, CustomStringConvertible, CustomReflectable {
  let z85: String
  public let publicKey: CurvePublicKey

  public init?(z85: String) {
    guard Z85.isKey(z85) else { return nil }
    var text = [CChar](repeating: 0, count: 41)
    guard zmq_curve_public(&text, z85) == 0,
      let publicKey = CurvePublicKey(z85: Z85.string(text))
    else { return nil }
    self.z85 = z85
    self.publicKey = publicKey
  }

  /// A new key pair from the system's random numbers.
  public static func generate() throws -> CurveSecret {
    var publicText = [CChar](repeating: 0, count: 41)
    var secretText = [CChar](repeating: 0, count: 41)
    guard zmq_curve_keypair(&publicText, &secretText) == 0,
      let secret = CurveSecret(z85: Z85.string(secretText))
    else {
      throw TributaryError(
        "keys.unavailable", "this libzmq was built without CURVE", advice: "install libzmq3-dev")
    }
    return secret
  }

  public var description: String { "CurveSecret" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The sides' security, as `KeyFolder` reads it.
public enum CoordinatorSecurity: Sendable {
  /// No encryption, no authentication: anybody who reaches the port takes part.
  case insecure
  /// Admits the workers whose keys are in `authorizedFolder` (`NAME.pub`).
  case curve(secret: CurveSecret, authorizedFolder: String)
}

public enum WorkerSecurity: Sendable {
  case insecure
  /// Speaks only with the owner of the key `coordinator`, which was read from `coordinatorFile`.
  case curve(secret: CurveSecret, coordinator: CurvePublicKey, coordinatorFile: String)
}

enum Z85 {
  private static let alphabet = Set(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

  static func isKey(_ text: String) -> Bool {
    text.utf8.count == 40 && text.utf8.allSatisfy(alphabet.contains)
  }

  static func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
