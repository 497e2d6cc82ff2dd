import Foundation
import Testing
import TributaryCore
import TributaryTensor
import TributaryTestKit

@testable import TributaryData

/// Against Pillow and torchvision: Golden/generate_images.py, Golden/check_images.py.
@Suite struct FittedImagesTests {
  private struct Case: Decodable {
    struct Target: Decodable {
      var shorterSide: Int?
      var exact: [Int]?
      var stretches: Bool?
    }
    var size: [Int]
    var interpolation: ImageResize.Interpolation
    var crop: ImageResize.CropRounding
    var target: Target
    var pixels: Data

    var resize: ImageResize {
      let target: ImageResize.Target =
        if let side = self.target.shorterSide {
          .shorterSide(side)
        } else if let size = self.target.exact {
          .exact(height: size[0], width: size[1])
        } else {
          self.target.stretches == true ? .output : .unchanged
        }
      return ImageResize(target, interpolation, crop: crop)
    }
  }

  @Test func equalsPillowWithEveryFilterAndTarget() throws {
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: URL(fileURLWithPath: GoldenFile.path("fitted.json"))))
    #expect(cases.count == 54)
    let source = planar(try GoldenFile.bytes("rgb.png.rgb"))
    let images = try ImageExamples(shape: [3, 19, 23], pixels: Bytes(copying: source))
    for expected in cases {
      let fitted = images.fitted(
        height: expected.size[0], width: expected.size[1], expected.resize)
      #expect(
        fitted.pixels.array(of: UInt8.self) == planar(Array(expected.pixels)),
        "\(expected.size) \(expected.resize)")
    }
  }

  @Test(
    .enabled(
      if: SharedData.has("hymenoptera/train") && SharedData.has("cifar10/cifar10_test.bin")
        && PythonReference.has("torch", "PIL")))
  func aThousandRealImagesEqualTheReferencePipeline() throws {
    let root = try #require(SharedData.path("hymenoptera"))
    let files = try ["train/ants", "train/bees", "val/ants", "val/bees"].flatMap { part in
      try ImageFolderReader.entries(of: "\(root)/\(part)").filter(ImageFolderReader.isImage)
        .map { "\(root)/\(part)/\($0)" }
    }
    let cifar = try #require(SharedData.path("cifar10/cifar10_test.bin"))
    let count = 1000 - files.count
    #expect(files.count == 397)
    let folder = TributaryTestKit.TemporaryFolder()
    let run = PythonReference.run(
      [GoldenFile.path("check_images.py"), folder("real"), cifar, "\(count)"] + files)
    try #require(run.status == 0, "\(run.output.suffix(2000))")
    let resize = ImageResize(.shorterSide(256))
    let photographs = try ImageFolderReader.decode(files, size: [224, 224], resize)
    guard case .images(let all) = try DatasetReader.read(cifar).examples else { return }
    let small = all.subset(Array(0..<count)).fitted(height: 224, width: 224, resize)
    let expected = Bytes(
      copying: [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder("real.pixels")))))
    let boundary = photographs.pixels.count
    #expect(expected.count == 1000 * 3 * 224 * 224)
    #expect(photographs.pixels == expected[0..<boundary])
    #expect(small.pixels == expected[boundary..<expected.count])

    let floats = Bytes(
      copying: [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder("real.floats"))))
    ).array(of: Float.self)
    let pictures = stride(from: 0, to: 1000, by: 50).flatMap { index in
      (index < files.count ? photographs : small).normalized(
        [index < files.count ? index : index - files.count], mean: [0.485, 0.456, 0.406],
        standardDeviation: [0.229, 0.224, 0.225]
      ).floats()
    }
    #expect(pictures.count == floats.count)
    #expect(zip(pictures, floats).allSatisfy { abs($0 - $1) < 1e-3 })
  }
}
