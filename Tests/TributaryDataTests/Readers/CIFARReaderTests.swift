import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct CIFARReaderTests {
  private func record(_ label: UInt8) -> [UInt8] {
    [label] + [UInt8](repeating: label * 10, count: 3072)
  }

  @Test func readsFilesAndFolders() throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("data_batch_1.bin", record(3) + record(9))
    try folder.write("data_batch_2.bin", record(4))
    try folder.write("test_batch.bin", record(5))
    try folder.write("batches.meta.txt", (0..<10).map { "class\($0)\n" }.joined() + "\n")
    let one = try DatasetReader.read(first)
    #expect(one.labels == [3, 9])
    #expect(one.classNames?[9] == "class9")
    let train = try DatasetReader.read(folder.path, split: .train)
    #expect(train.labels == [3, 9, 4])
    guard case .images(let images) = train.examples else { return #expect(Bool(false)) }
    #expect(images.shape == [3, 32, 32])
    #expect(
      images.pixels.array(of: UInt8.self)
        == [3, 9, 4].flatMap { [UInt8](repeating: $0 * 10, count: 3072) })
    #expect(try DatasetReader.read(folder.path, split: .test).labels == [5])
    #expect(throws: TributaryError.self) { try DatasetReader.read(folder.path) }
  }

  @Test func selectedClassesKeepTheirNames() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.bin", record(3) + record(9) + record(1))
    try folder.write("batches.meta.txt", (0..<10).map { "class\($0)\n" }.joined())
    let dataset = try DatasetReader.read(path, plan: DataPlan(labels: [9, 3]))
    #expect(dataset.labels == [1, 0])
    #expect(dataset.classNames == ["class9", "class3"])
  }

  @Test func badFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    func read(_ bytes: [UInt8]) throws -> String {
      let path = try folder.write("a.bin", bytes)
      return message(in: folder) { _ = try DatasetReader.read(path) }
    }
    #expect(try read([]) == "a.bin: the file is empty")
    #expect(
      try read(record(1) + [0])
        == "a.bin: 3074 bytes are no whole number of records of 3073; truncated after record 1, "
        + "or not CIFAR-10 binary")
    #expect(
      try read(record(1) + record(10))
        == "a.bin: record 2: the label byte is above 9; not CIFAR-10 binary")
  }
}
