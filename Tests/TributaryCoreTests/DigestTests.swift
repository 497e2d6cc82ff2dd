import Testing
import TributaryCore

@Suite struct DigestTests {
  /// FIPS 180-4's example values.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knownAnswers(text: String, hex: String) throws {
    let digest = Digest(of: text)
    #expect(digest.hex == hex)
    #expect(Digest(hex: hex) == digest)
    #expect(Digest(hex: hex.uppercased()) == digest)
    #expect(Digest(bytes: digest.bytes) == digest)
  }

  @Test func piecesGiveTheDigestOfTheWhole() {
    let whole = Bytes(copying: (0..<1000).map { UInt8(truncatingIfNeeded: $0) })
    var hasher = Digest.Hasher()
    hasher.update(whole[0..<1])
    hasher.update(whole[1..<700])
    hasher.update(whole[700..<1000])
    #expect(hasher.finalize() == Digest(of: whole))
  }

  @Test(arguments: ["", "00", String(repeating: "g", count: 64), String(repeating: "0", count: 65)])
  func otherTextIsNoDigest(text: String) {
    #expect(Digest(hex: text) == nil)
  }
}
