import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct SafetensorsFileTests {
  private func file(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> Bytes {
    let text = Array(header.utf8)
    let size = withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian) { Array($0) }
    return Bytes(copying: size + text + data)
  }

  private func code(_ bytes: Bytes, finite: Bool = false) -> String? {
    do {
      _ = try SafetensorsFile(bytes: bytes, name: "f", requireFinite: finite)
      return nil
    } catch let error as TributaryError {
      return error.code
    } catch {
      return "other"
    }
  }

  private let entry = #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
  private func twoEntries(_ a: ClosedRange<Int>, _ b: ClosedRange<Int>) -> String {
    #"{"a":{"dtype":"U8","shape":[\#(a.count - 1)],"data_offsets":[\#(a.lowerBound),\#(a.upperBound)]},"#
      + #""b":{"dtype":"U8","shape":[\#(b.count - 1)],"data_offsets":[\#(b.lowerBound),\#(b.upperBound)]}}"#
  }

  @Test func readsWhatThePythonPackageWrote() throws {
    let file = try SafetensorsFile(path: Golden.path("kinds.safetensors"))
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensors.names.count == 15)
    #expect(try file.tensors["b.f32"]?.floats() == [0, 1, 2, 3, 4, 5])
    #expect(file.tensors["b.f32"]?.shape == [2, 3])
    #expect(file.tensors["scalar"]?.shape == [])
    #expect(file.tensors["empty"]?.shape == [0, 3])
    #expect(file.tensors["bf16"]?.dtype == .bfloat16)
    #expect(file.tensors["é \"quoted\"\n"] != nil)
  }

  @Test func writesTheBytesThatThePythonPackageWrites() throws {
    let path = Golden.path("kinds.safetensors")
    let file = try SafetensorsFile(path: path)
    let expected = Bytes(copying: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    #expect(SafetensorsFile.encode(file.tensors, metadata: file.metadata) == expected)
  }

  @Test func keepsTensorsThroughAFile() throws {
    let folder = TemporaryFolder()
    let tensors: ParameterTree<HostTensor> = [
      "w": HostTensor([1, -2, 3], shape: [3]), "a.b": HostTensor([0.5], shape: []),
    ]
    let digest = try SafetensorsFile.write(tensors, to: folder("deep/model.safetensors"))
    let path = folder("deep/model.safetensors")
    #expect(try SafetensorsFile(path: path, requireFinite: true).tensors == tensors)
    #expect(digest == Digest(of: try FileMapping.bytes(of: path)))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("deep")).count == 1)
  }

  @Test func refusesWhatIsNotWhole() {
    let whole = file(#"{"a":\#(entry)}"#, data: [UInt8](repeating: 0, count: 8))
    #expect(code(whole) == nil)
    for count in 0..<whole.count { #expect(code(whole[0..<count]) != nil, "\(count) bytes") }
    #expect(code(whole[0..<(whole.count - 1)]) == "checkpoint.truncated")
    let longer = file(#"{"a":\#(entry)}"#, data: [UInt8](repeating: 0, count: 9))
    #expect(code(longer) == "checkpoint.oversized")
    #expect(code(file("{}", length: 100_000_001)) == "checkpoint.header")
    #expect(code(file("{}", length: .max)) == "checkpoint.header")
    #expect(code(file("{}", length: 3)) == "checkpoint.truncated")
    #expect(code(file("[]")) == "checkpoint.header")
  }

  @Test func refusesOverlapsGapsAndDuplicates() {
    let data = [UInt8](repeating: 0, count: 8)
    #expect(code(file(twoEntries(0...4, 4...8), data: data)) == nil)
    #expect(code(file(twoEntries(4...8, 0...4), data: data)) == nil)
    #expect(code(file(twoEntries(0...5, 4...8), data: data)) == "checkpoint.overlap")
    #expect(code(file(twoEntries(0...8, 0...8), data: data)) == "checkpoint.overlap")
    #expect(code(file(twoEntries(0...3, 4...8), data: data)) == "checkpoint.gap")
    #expect(code(file(twoEntries(1...4, 4...8), data: data)) == "checkpoint.gap")
    #expect(code(file(#"{"a":\#(entry),"a":\#(entry)}"#, data: data)) == "json.syntax")
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}"#, "checkpoint.dtype"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "checkpoint.size"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "checkpoint.size"),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
      "checkpoint.size"
    ),
    (#"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, "checkpoint.header"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "checkpoint.header"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "checkpoint.header"),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, "checkpoint.header"),
    (#"{"a":1}"#, "checkpoint.header"),
    (#"{"__metadata__":{"a":1}}"#, "checkpoint.header"),
  ])
  func refusesBadEntries(header: String, expected: String) {
    #expect(code(file(header, data: [UInt8](repeating: 0, count: 8))) == expected)
  }

  @Test(
    arguments: [
      ("F32", [0, 0, 0xc0, 0x7f]), ("F32", [0, 0, 0x80, 0xff]), ("F16", [0, 0x7c]),
      ("BF16", [0x80, 0x7f]), ("F64", [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]),
    ] as [(String, [UInt8])])
  func refusesValuesThatAreNotFinite(dtype: String, value: [UInt8]) {
    let header =
      #"{"a":{"dtype":"\#(dtype)","shape":[1],"data_offsets":[0,\#(value.count)]}}"#
    #expect(code(file(header, data: value)) == nil)
    #expect(code(file(header, data: value), finite: true) == "checkpoint.finite")
    let largest = value.map { $0 == 0x7f || $0 == 0xff ? $0 - 1 : $0 == 0x7c ? 0x7b : $0 }
    #expect(code(file(header, data: largest), finite: true) == nil)
  }

  @Test func saysWhichFileIsMissing() {
    #expect(throws: TributaryError.self) { try SafetensorsFile(path: "/no/such/file") }
    #expect(throws: TributaryError.self) { try SafetensorsFile(path: "/") }
  }
}
