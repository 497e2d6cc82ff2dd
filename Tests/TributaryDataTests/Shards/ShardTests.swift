import Foundation
import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct ShardTests {
  private let client = ClientID(index: 3)

  private func images(channels: Int, classes: Int = 10) throws -> Dataset {
    let count = 6
    let size = channels * 4 * 3
    let pixels = (0..<(count * size)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    return Dataset(
      examples: .images(
        try ImageExamples(shape: [channels, 4, 3], pixels: Bytes(copying: pixels))),
      labels: (0..<count).map { ($0 * 37) % classes },
      classNames: classes == 10 ? (0..<10).map { "class \($0)" } : nil)
  }

  private var texts: Dataset {
    let texts = [
      "plain", "", "tab\tnewline\nreturn\r\nquote\"backslash\\ slash/", "é", "e\u{301}",
      "\u{2028}\u{2029}\u{85}\u{feff}\u{0}\u{1f}\u{7f}", "日本語 👩‍👩‍👧‍👦 \u{10ffff}", "  spaces  ",
    ]
    return Dataset(
      examples: .text(TextExamples(texts: texts)), labels: texts.indices.map { $0 % 4 })
  }

  @Test func comesBackEqualToTheByte() throws {
    let folder = try TemporaryFolder()
    let datasets = [
      try images(channels: 1), try images(channels: 3), try images(channels: 2),
      try images(channels: 3, classes: 300), texts,
    ]
    for (index, dataset) in datasets.enumerated() {
      let subset = dataset.subset([5, 0, 3, 4])
      let path = "\(folder.path)/deep/client-\(index)"
      let classes = dataset.classNames?.count ?? 300
      try Shard.write(subset, client: client, classes: classes, to: path)
      let shard = try Shard.read(path)
      #expect(shard.client == client)
      #expect(shard.classes == classes)
      #expect(shard.dataset == subset)
      #expect(try DatasetReader.read(path) == subset)
      #expect(try Shard.open(path).dataset == subset)
    }
    let hidden = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/deep")
    #expect(hidden.allSatisfy { !$0.hasPrefix(".") }, "nothing half-written is left")
  }

  @Test func theSameShardHasTheSameDigest() throws {
    let folder = try TemporaryFolder()
    let first = try Shard.write(texts, client: client, classes: 4, to: folder.path + "/a")
    let second = try Shard.write(texts, client: client, classes: 4, to: folder.path + "/b")
    #expect(first == second)
    let other = try Shard.write(
      texts.subset([1, 0]), client: client, classes: 4, to: folder.path + "/a")
    #expect(other != first)
    #expect(try Shard.read(folder.path + "/a").dataset.count == 2, "replaced")
  }

  @Test func aFolderOfSomethingElseIsNotReplaced() throws {
    let folder = try TemporaryFolder()
    try folder.write("precious.txt", "keep me")
    #expect(
      message { try Shard.write(texts, client: client, classes: 4, to: folder.path) }
        .hasSuffix("is there already and is no shard"))
    #expect(FileManager.default.fileExists(atPath: folder.path + "/precious.txt"))
  }

  @Test func damageIsFound() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/shard"
    func damaged(_ change: (TemporaryFolder) throws -> Void) throws -> String {
      try? FileManager.default.removeItem(atPath: path)
      try Shard.write(try images(channels: 1), client: client, classes: 10, to: path)
      try change(folder)
      return message(in: folder) { _ = try Shard.read(path) }
    }
    #expect(try damaged { _ in } == "no error")
    #expect(
      try damaged { try $0.write("shard/labels-idx1-ubyte", idx([6], [0, 0, 0, 0, 0, 0])) }
        == "\(folder.path)/shard: labels-idx1-ubyte is not what was written (its SHA-256 differs)"
        .replacingOccurrences(of: folder.path + "/", with: ""))
    #expect(
      try damaged {
        try FileManager.default.removeItem(atPath: $0.path + "/shard/images-idx3-ubyte")
      }
        == "shard/images-idx3-ubyte: no such file")
    #expect(
      try damaged { try $0.write("shard/shard.json", "{}") } == "shard: shard.json is damaged")
    #expect(
      try damaged { try $0.write("shard/shard.json", #"{"format":"tributary-shard","version":9}"#) }
        == "shard: written by another version (tributary-shard 9)")
  }

  @Test func aWorkerOpensShardsAndOtherData() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/shard"
    try Shard.write(texts, client: client, classes: 4, to: path)
    let task = TaskPlan(kind: .textClassification, classes: 4)
    #expect(try Shard.open(path, client: client, task: task).dataset == texts)
    #expect(
      try Shard.open(path, client: client, data: DataPlan(labels: [0, 1]), task: task).dataset
        == texts, "labels were selected when the shard was written")
    #expect(try Shard.open(path, client: ClientID("alice")).client == client)
    #expect(throws: TributaryError.self) { try Shard.open(folder.write("b.tsv", "0\tx\n")) }
    #expect(throws: TributaryError.self) {
      try Shard.open(path, task: TaskPlan(kind: .textClassification, classes: 3))
    }
    #expect(throws: TributaryError.self) {
      try Shard.open(path, task: TaskPlan(kind: .imageClassification, classes: 4))
    }
    let raw = try folder.write("train.tsv", "0\tx\n2\ty\n")
    let shard = try Shard.open(raw, client: client)
    #expect(shard.classes == 3 && shard.client == client && shard.dataset.count == 2)
    #expect(try Shard.open(raw, client: client, task: task).classes == 4)
    #expect(
      message(in: folder) { _ = try Shard.open(folder.path + "/none", client: client) }
        == "none: no such file or folder")
  }
}
