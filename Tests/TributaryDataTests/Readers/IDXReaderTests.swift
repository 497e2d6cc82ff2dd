import Foundation
import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct IDXReaderTests {
  private let pixels = (0..<12).map { UInt8($0) }

  @Test func readsGreyImagesAndTheLabelsBesideThem() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("val-images-idx3-ubyte", idx([3, 2, 2], pixels))
    try folder.write("val-labels-idx1-ubyte", idx([3], [2, 0, 1]))
    let dataset = try DatasetReader.read(path)
    let images = try ImageExamples(shape: [1, 2, 2], pixels: Bytes(copying: pixels))
    #expect(dataset == Dataset(examples: .images(images), labels: [2, 0, 1]))
    #expect(try DatasetReader.read(folder.path) == dataset, "a folder with one set")
    #expect(try DatasetReader.format(of: path) == .idx)
  }

  @Test func channelsLastBecomeChannelsFirst() throws {
    let folder = try TemporaryFolder()
    let last = try folder.write("a-images-idx4-ubyte", idx([1, 2, 2, 3], pixels))
    let first = try folder.write("b-images-idx4-ubyte", idx([1, 3, 2, 2], planar(pixels)))
    for path in [last, first] {
      guard case .images(let images) = try DatasetReader.read(path, labelsRequired: false).examples
      else { return #expect(Bool(false)) }
      #expect(images.shape == [3, 2, 2])
      #expect(images.pixels.array(of: UInt8.self) == planar(pixels))
    }
  }

  @Test func wideLabelsAreBigEndian() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("images-idx3-ubyte", idx([2, 1, 1], [0, 0]))
    try folder.write("labels-idx1-ubyte", idx([2], [0, 0, 1, 2, 0, 0, 0, 5], element: 0x0c))
    #expect(try DatasetReader.read(path).labels == [258, 5])
  }

  @Test func selectsRenumbersAndLimits() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("images-idx3-ubyte", idx([6, 1, 1], [0, 1, 2, 3, 4, 5]))
    try folder.write("labels-idx1-ubyte", idx([6], [7, 3, 9, 3, 7, 9]))
    let plan = DataPlan(labels: [9, 7])
    let dataset = try DatasetReader.read(
      path, plan: plan, task: TaskPlan(kind: .imageClassification, classes: 2), limit: 3)
    #expect(dataset.labels == [1, 0, 1])
    guard case .images(let images) = dataset.examples else { return #expect(Bool(false)) }
    #expect(images.pixels.array(of: UInt8.self) == [0, 2, 4])
  }

  @Test func badFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    let good = idx([3, 2, 2], pixels)
    func read(_ images: [UInt8], _ labels: [UInt8]? = nil, classes: Int = 10) throws -> String {
      let path = try folder.write("images-idx3-ubyte", images)
      try folder.write("labels-idx1-ubyte", labels ?? idx([3], [0, 1, 2]))
      return message(in: folder) {
        _ = try DatasetReader.read(
          path, task: TaskPlan(kind: .imageClassification, classes: classes))
      }
    }
    #expect(try read(good) == "no error")
    #expect(try read([]) == "images-idx3-ubyte: the file is empty")
    #expect(try read([0, 0, 8]) == "images-idx3-ubyte: truncated header")
    #expect(try read([1] + good) == "images-idx3-ubyte: wrong magic number, not an IDX file")
    #expect(
      try read(Array(good.dropLast()))
        == "images-idx3-ubyte: truncated: the header promises [3, 2, 2], the file ends before")
    #expect(
      try read(good + [0])
        == "images-idx3-ubyte: has more bytes than its header's shape [3, 2, 2] takes")
    #expect(
      try read(idx([0xffff_ffff, 0xffff_ffff, 0xffff_ffff], []))
        .hasPrefix("images-idx3-ubyte: impossible shape"))
    #expect(
      try read(idx([0xffff_ffff, 28, 28], []))
        .hasPrefix("images-idx3-ubyte: truncated"), "nothing is allocated for a lie")
    #expect(
      try read(idx([3], [1, 2, 3]))
        == "images-idx3-ubyte: these are labels; give the path of the images")
    #expect(
      try read(good, idx([2], [0, 1]))
        == "labels-idx1-ubyte: 2 labels for the 3 images in \(folder.path)/images-idx3-ubyte"
        .replacingOccurrences(of: folder.path + "/", with: ""))
    #expect(
      try read(good, classes: 2)
        == "labels-idx1-ubyte: record 3: label 2 is outside the 2 classes (0 to 1)")
    #expect(
      try read(idx([3, 2, 2], pixels, element: 0x0d))
        == "images-idx3-ubyte: IDX element type 0xd is not supported")
  }

  @Test func missingLabels() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x-images-idx3-ubyte", idx([3, 2, 2], pixels))
    let text = message(in: folder) { _ = try DatasetReader.read(path) }
    #expect(
      text
        == "x-images-idx3-ubyte: its labels should be in x-labels-idx1-ubyte, which is not there")
    #expect(try DatasetReader.read(path, labelsRequired: false).labels == nil)
  }

  @Test func aFolderOfSeveralSetsNeedsTheSplit() throws {
    let folder = try TemporaryFolder()
    for (name, label) in [("train", UInt8(1)), ("t10k", 2), ("val", 3)] {
      try folder.write("\(name)-images-idx3-ubyte", idx([1, 1, 1], [0]))
      try folder.write("\(name)-labels-idx1-ubyte", idx([1], [label]))
    }
    #expect(try DatasetReader.read(folder.path, split: .train).labels == [1])
    #expect(try DatasetReader.read(folder.path, split: .test).labels == [2])
    #expect(
      message { _ = try DatasetReader.read(folder.path) }
        .contains("cannot tell which file is meant: t10k-images-idx3-ubyte, train-images"))
  }
}
