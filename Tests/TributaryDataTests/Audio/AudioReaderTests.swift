import Foundation
import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct AudioReaderTests {
  private let task = TaskPlan(kind: .audioClassification, classes: 2)
  private let features = AudioFeatures(
    kind: .logMel, sampleRate: 8000, bands: 16, windowMilliseconds: 32, hopMilliseconds: 16,
    seconds: 0.1)

  private func recording(_ seed: Int, rate: UInt32 = 8000) -> [UInt8] {
    WAVBuilder.pcm16(
      (0..<600).map { Int16(truncatingIfNeeded: $0 &* $0 &* (37 + seed)) }, rate: rate)
  }

  private func plan(_ audio: AudioPlan? = nil) -> DataPlan {
    DataPlan(audio: audio ?? AudioPlan(features: features))
  }

  /// Which of the recordings 0, 1, ... each example is.
  private func seeds(_ dataset: Dataset) throws -> [Int?] {
    guard case .audio(let audio) = dataset.examples else { return [] }
    let extractor = try AudioFeatureExtractor(features)
    let known = (0..<6).map { seed in
      extractor.features(
        of: (0..<600).map { Float(Int16(truncatingIfNeeded: $0 &* $0 &* (37 + seed))) / 32768 })
    }
    return (0..<audio.count).map { known.firstIndex(of: audio.map($0)) }
  }

  @Test func classFoldersAreReadInOrder() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("no/b.wav", 1), ("no/a.wav", 0), ("yes/c.WAV", 2)] {
      try folder.write(name, recording(seed))
    }
    let dataset = try DatasetReader.read(folder.path, plan: plan(), task: task)
    #expect(dataset.kind == .audioClassification)
    #expect(dataset.labels == [0, 0, 1] && dataset.classNames == ["no", "yes"])
    #expect(try seeds(dataset) == [0, 1, 2])
    #expect(try seeds(dataset.subset([2, 0])) == [2, 0])
    try folder.write("none/readme.txt", "")
    #expect(
      message(in: folder) { _ = try DatasetReader.read(folder.path, plan: plan()) }
        == "none: no WAV files in this class")
  }

  @Test func manifestsSayClassPartAndSpeaker() throws {
    let folder = try TemporaryFolder()
    var lines = ["file\tdigit\tspeaker\tsplit"]
    for (index, split) in ["train", "test", "train", "train"].enumerated() {
      try folder.write("sounds/\(index).wav", recording(index))
      lines.append("\(index).wav\t\(index % 2)\t\(index == 3 ? "theo" : "lucas")\t\(split)")
    }
    let path = try folder.write("manifest.tsv", lines.joined(separator: "\n") + "\n")
    let audio = AudioPlan(
      features: features, labelColumn: "digit", folder: "\(folder.path)/sounds")
    let test = try DatasetReader.read(path, plan: plan(audio), task: task, split: .test)
    #expect(try seeds(test) == [1] && test.labels == [1])
    #expect(try DatasetReader.read(folder.path, plan: plan(audio), task: task).count == 4)
    let run = RunPlan(
      name: "speakers", backbone: BackbonePlan(architecture: "simple-cnn"), task: task,
      data: DataPlan(
        train: path, partition: PartitionPlan(kind: "natural-id", settings: ["column": "speaker"]),
        audio: audio))
    let federated = try FederatedDataset(run)
    #expect(federated.partition.names == ["lucas", "theo"])
    #expect(federated.clients.map(\.indices) == [[0, 1], [2]])
    #expect(try seeds(federated.dataset) == [0, 2, 3])
    #expect(
      message(in: folder) { _ = try DatasetReader.read(path, plan: plan(), task: task) }
        == "manifest.tsv: no column label in the header")
  }

  @Test func otherRatesAndMissingFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a/x.wav", recording(0, rate: 16_000))
    #expect(
      message(in: folder) {
        _ = try DatasetReader.read(path, plan: plan(), labelsRequired: false)
      } == "a/x.wav: 16000 Hz, but data.audio.sampleRate is 8000")
    let table = try folder.write("m.csv", "file,label\ngone.wav,0\n")
    #expect(
      message(in: folder) { _ = try DatasetReader.read(table, plan: plan()) }
        == "gone.wav: no such file")
    #expect(message { _ = try DatasetReader.read(path, plan: plan()) }.contains("without labels"))
    #expect(message { _ = try DatasetReader.read(path) }.contains("need to be told"))
    #expect(
      throws: TributaryError.self, "a text task",
      performing: {
        try DatasetReader.read(
          folder.path, plan: plan(), task: TaskPlan(kind: .imageClassification, classes: 2))
      })
  }

  @Test func shardsAndTargetsHoldTheFeatures() throws {
    let folder = try TemporaryFolder()
    for (name, seed) in [("no/a.wav", 0), ("yes/c.wav", 2), ("yes/d.wav", 3)] {
      try folder.write("data/\(name)", recording(seed))
    }
    let dataset = try DatasetReader.read("\(folder.path)/data", plan: plan(), task: task)
    let client = ClientID(index: 1)
    try Shard.write(dataset, client: client, classes: 2, to: folder.path + "/shard")
    #expect(try Shard.open(folder.path + "/shard", task: task).dataset == dataset)
    #expect(try DatasetReader.read(folder.path + "/shard", plan: plan(), task: task) == dataset)
    let target = TargetFile.path(of: client, dataset, in: folder.path)
    try TargetFile.write(dataset, to: target)
    let read = try DatasetReader.target(target, plan: DataPlan(), task: task)
    #expect(read.examples == dataset.examples && read.labels == nil)
    try folder.write("shard/features.safetensors", "damaged")
    #expect(throws: TributaryError.self) { try Shard.read(folder.path + "/shard") }
    let other = try folder.write("other.safetensors", "damaged")
    #expect(throws: TributaryError.self) { try DatasetReader.target(other, plan: DataPlan()) }
  }
}
