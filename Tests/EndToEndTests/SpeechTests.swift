import Foundation
import Testing

extension EndToEnd {
  /// Recordings as feature maps, speakers as clients.
  @Suite("Speech is learned alike in simulation and cluster") struct SpeechTests {
    @Test("from a manifest in the simulation, from shards and from class folders in the cluster")
    func speakers() async throws {
      try await Workspace.run { workspace in
        try writeRecordings(to: workspace)
        try workspace.write(yaml, to: "run.yaml")
        try await workspace.output(
          "partition", workspace("run.yaml"), "--output", workspace("shards"))
        let simulated = try await workspace.start(
          "simulate", workspace("run.yaml"), "--output", workspace("simulated"), "--json"
        ).event("run.completed").digest
        let coordinator = try workspace.start(
          "coordinator", workspace("run.yaml"), "--bind", "tcp://127.0.0.1:*", "--insecure",
          "--output", workspace("cluster"), "--json")
        let address = try #require(try await coordinator.event("listening").address)
        let data = [
          ["--data", workspace("shards/client-0000")],
          ["--data", workspace("own"), "--audio", workspace("run.yaml")],
        ]
        let workers = try data.enumerated().map { index, data in
          try workspace.start(
            ["worker", "--connect", address, "--insecure", "--name", "client-000\(index)"] + data)
        }
        let digest = try await coordinator.event("run.completed").digest
        for worker in workers { try await worker.success() }
        #expect(simulated != nil && simulated == digest)
        // The result knows what its recordings become.
        let found = try await workspace.output(
          "evaluate", workspace("cluster/model"), "--data", workspace("own"), "--json")
        #expect(found.contains { $0.contains("\"accuracy\":") })
      }
    }

    private let yaml = """
      name: speech
      seed: 3
      backbone: {architecture: frame-gru}
      task: {kind: audio-classification, classes: ["0", "1"]}
      data:
        train: manifest.tsv
        partition: {kind: natural-id, column: speaker, clients: 2}
        augment: [{kind: time-mask, width: 4}, {kind: frequency-mask, width: 3}]
        audio: {features: mfcc, sampleRate: 8000, coefficients: 12, bands: 20, seconds: 0.2, labelColumn: digit}
      local: {epochs: 1, batchSize: 4, optimizer: {kind: sgd, learningRate: 0.1}}
      federation: {rounds: 2, minimumClients: 2}
      """

    /// Two speakers; the second one's recordings also as class folders, in the manifest's order.
    private func writeRecordings(to workspace: Workspace) throws {
      var lines = ["file\tdigit\tspeaker"]
      for speaker in 0..<2 {
        for digit in 0..<2 {
          for take in 0..<4 {
            let name = "\(digit)/s\(speaker)-\(take).wav"
            let tone = Double(200 + 500 * digit + 60 * speaker + 9 * take)
            let samples = (0..<1200).map { index in
              Int16(9000 * sin(2 * Double.pi * tone * Double(index) / 8000))
            }
            try write(wav(samples), to: workspace("all/\(name)"))
            if speaker == 1 { try write(wav(samples), to: workspace("own/\(name)")) }
            lines.append("all/\(name)\t\(digit)\tspeaker-\(speaker)")
          }
        }
      }
      try workspace.write(lines.joined(separator: "\n") + "\n", to: "manifest.tsv")
    }

    private func write(_ file: Data, to path: String) throws {
      let url = URL(fileURLWithPath: path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.write(to: url)
    }

    private func wav(_ samples: [Int16]) -> Data {
      func little<Value: FixedWidthInteger>(_ value: Value) -> Data {
        withUnsafeBytes(of: value.littleEndian) { Data($0) }
      }
      let size = UInt32(2 * samples.count)
      var file = Data("RIFF".utf8) + little(36 + size) + Data("WAVEfmt ".utf8) + little(UInt32(16))
      file += little(UInt16(1)) + little(UInt16(1)) + little(UInt32(8000)) + little(UInt32(16000))
      file += little(UInt16(2)) + little(UInt16(16)) + Data("data".utf8) + little(size)
      return samples.reduce(into: file) { $0 += little($1) }
    }
  }
}
