import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct ImageFolderReaderTests {
  private func folder(_ files: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for file in files {
      let suffix = file.split(separator: ".").last ?? ""
      let name =
        suffix == "txt" ? "generate_images.py" : (suffix == "jpg" ? "baseline.jpg" : "rgb.png")
      try folder.write(file, try GoldenFile.bytes(name))
    }
    return folder
  }

  @Test func classesAndFilesInOrderOfTheirNames() throws {
    let folder = try folder([
      "bees/b.png", "bees/a.jpg", "ants/z.png", "ants/notes.txt", ".x/a.png",
    ])
    let dataset = try DatasetReader.read(folder.path)
    #expect(dataset.labels == [0, 1, 1])
    #expect(dataset.classNames == ["ants", "bees"])
    guard case .images(let images) = dataset.examples else { return #expect(Bool(false)) }
    #expect(images.shape == [3, 19, 23])
    let png = planar(try GoldenFile.bytes("rgb.png.rgb"))
    #expect(images.subset([0]).pixels.array(of: UInt8.self) == png)
    #expect(images.subset([2]).pixels.array(of: UInt8.self) == png)
    #expect(try DatasetReader.format(of: folder.path) == .imageFolder)
  }

  @Test func imagesAreResized() throws {
    let folder = try folder(["a/a.png", "b/b.png"])
    let dataset = try DatasetReader.read(
      folder.path, plan: DataPlan(image: ImagePlan(size: [8, 8])))
    guard case .images(let images) = dataset.examples else { return #expect(Bool(false)) }
    #expect(images.shape == [3, 8, 8])
    let expected = planar(try GoldenFile.bytes("resized-8x8.rgb"))
    #expect(images.pixels.array(of: UInt8.self) == expected + expected)
  }

  @Test func foldersAreMatchedWithTheTasksNames() throws {
    let folder = try folder(["ants/a.png", "bees/a.png"])
    func labels(_ names: [String]) throws -> [Int]? {
      try DatasetReader.read(
        folder.path,
        task: TaskPlan(kind: .imageClassification, classes: names.count, classNames: names)
      ).labels
    }
    #expect(try labels(["bees", "wasps", "ants"]) == [2, 0])
    #expect(
      message(in: folder) { _ = try labels(["bees", "wasps"]) }
        == "ants: this folder's name is no name in task.classes")
    #expect(
      message {
        _ = try DatasetReader.read(
          folder.path, task: TaskPlan(kind: .imageClassification, classes: 3))
      }.hasSuffix("2 class folders, but task.classes is 3"))
  }

  @Test func trainAndValidationFolders() throws {
    let folder = try folder([
      "train/ants/a.png", "train/bees/a.png", "val/ants/a.png", "val/bees/a.png", "val/bees/b.png",
    ])
    #expect(try DatasetReader.read(folder.path, split: .train).labels == [0, 1])
    #expect(try DatasetReader.read(folder.path, split: .test).labels == [0, 1, 1])
  }

  @Test func unlabelledImages() throws {
    let folder = try folder(["b.png", "a.jpg"])
    #expect(throws: TributaryError.self) { try DatasetReader.read(folder.path) }
    let dataset = try DatasetReader.read(folder.path, labelsRequired: false)
    #expect(dataset.labels == nil && dataset.count == 2)
    let one = try DatasetReader.read(folder.path + "/b.png", labelsRequired: false)
    #expect(one.count == 1)
  }

  @Test func badFilesAreNamed() throws {
    let folder = try folder(["a/a.png", "b/b.png"])
    try folder.write("b/c.jpg", try GoldenFile.bytes("truncated.jpg"))
    #expect(
      message(in: folder) { _ = try DatasetReader.read(folder.path) }
        .hasPrefix("b/c.jpg: broken JPEG: "))
    try folder.write("b/c.jpg", try GoldenFile.bytes("baseline.jpg"))
    try folder.write("c/none.txt", "nothing")
    #expect(
      message(in: folder) { _ = try DatasetReader.read(folder.path) }
        == "c: no PNG or JPEG files in this class")
  }
}
