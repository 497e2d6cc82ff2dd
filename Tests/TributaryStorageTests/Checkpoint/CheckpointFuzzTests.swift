import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

/// Damaged checkpoints of every format are read or refused: no crash, no hang, no memory beyond measure.
///
/// `TRIBUTARY_FUZZ_EXECUTIONS` says how many (`make fuzz` says fifty million), `TRIBUTARY_FUZZ_SEED` which.
@Suite struct CheckpointFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let executions =
    environment["TRIBUTARY_FUZZ_EXECUTIONS"].flatMap { Int($0) } ?? 200_000
  private static let seed = environment["TRIBUTARY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  @Test func damagedCheckpointsAreReadOrRefused() throws {
    let seeds = Self.seeds()
    #expect(seeds.count > 60)
    let before = Self.peakMemoryMiB
    var mutator = CheckpointMutator(seed: Self.seed)
    var read = 0
    var codes: [String: Int] = [:]
    for _ in 0..<Self.executions {
      let bytes = Bytes(copying: mutator.mutant(of: seeds))
      do {
        let part = try Weights.Part(bytes, name: "fuzz")
        // Touches every byte of every tensor.
        for tensor in part.tensors.values { _ = tensor.isFinite || tensor.bytes.count == 0 }
        _ = try part.tensors.dequantized()
        read += 1
      } catch let error as TributaryError {
        codes[error.code, default: 0] += 1
      }
    }
    let grown = Self.peakMemoryMiB - before
    #expect(grown < 512, "\(grown) MiB more than before")
    #expect(read > 0 && codes.count > 8, "both readable and refused ones are met: \(codes)")
    let summary = codes.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }
    print(
      "fuzz: \(Self.executions) executions from seed \(Self.seed), \(read) read, peak memory "
        + "+\(grown) MiB; \(summary.joined(separator: ", "))")
  }

  /// Real checkpoints of every form, and the hostile ones that are small.
  private static func seeds() -> [[UInt8]] {
    let folders = ["checkpoints", "hostile"].map { Golden.path($0) }
    let files = folders.flatMap { folder in
      let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
      return (names ?? []).sorted().map { "\(folder)/\($0)" }
    }
    return (files + [Golden.path("kinds.safetensors")]).compactMap { path in
      guard !path.hasSuffix(".json"), let bytes = try? FileMapping.bytes(of: path),
        bytes.count < 8192
      else { return nil }
      return bytes.array(of: UInt8.self)
    } + [quantized]
  }

  /// int8 tensors of both kinds with their scales.
  private static var quantized: [UInt8] {
    let values = try? HostTensor(
      dtype: .int8, shape: [2, 3], bytes: Bytes(copying: [1, -2, 3, 4, 5, 6] as [Int8]))
    let zeros = try? HostTensor(
      dtype: .int8, shape: [2, 1], bytes: Bytes(copying: [1, 2] as [Int8]))
    let floats = [
      "a.weight_scale": HostTensor([1, 2], shape: [2, 1]), "b.SCB": HostTensor([1, 2], shape: [2]),
    ]
    let tensors = ["a.weight": values, "b.weight": values, "a.weight_zero_point": zeros]
      .compactMapValues(\.self).merging(floats) { $1 }
    return SafetensorsFile.encode(ParameterTree(tensors.map { ($0, $1) })).array(of: UInt8.self)
  }

  private static var peakMemoryMiB: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first).flatMap { Int($0) }
      .map { $0 / 1024 } ?? 0
  }
}
