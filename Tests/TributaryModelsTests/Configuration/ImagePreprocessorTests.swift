import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct ImagePreprocessorTests {
  private let imageNet = ImageConfiguration(
    channels: 3, height: 224, width: 224, mean: [0.485, 0.456, 0.406],
    standardDeviation: [0.229, 0.224, 0.225], resize: ImageResize(.shorterSide(256)))

  private func read(_ files: [String: String]) throws -> ImageConfiguration {
    try ImagePreprocessor.configuration(
      imageNet, assets: files.mapValues { Bytes(copying: Array($0.utf8)) })
  }

  private func huggingFace(_ text: String) throws -> ImageConfiguration {
    try read(["preprocessor_config.json": text])
  }

  @Test func honoursHuggingFacesSettings() throws {
    let clip = try huggingFace(
      """
      {"do_resize": true, "size": {"shortest_edge": 232}, "resample": 3, "do_center_crop": true,
      "crop_size": {"height": 224, "width": 192}, "image_mean": [0.5, 0.4, 0.3],
      "image_std": [0.1, 0.2, 0.3]}
      """)
    #expect(clip.shape == [3, 224, 192])
    #expect(clip.resize == ImageResize(.shorterSide(232), .bicubic, crop: .down))
    #expect(clip.mean == [0.5, 0.4, 0.3] && clip.standardDeviation == [0.1, 0.2, 0.3])
    let vit = try huggingFace(#"{"size": {"height": 384, "width": 384}, "do_normalize": false}"#)
    #expect(vit.shape == [3, 384, 384])
    #expect(vit.resize == ImageResize(.output, .bilinear, crop: .down))
    #expect(vit.mean == [0, 0, 0] && vit.standardDeviation == [1, 1, 1])
    let old = try huggingFace(#"{"size": 256, "crop_size": 240, "resample": 1}"#)
    #expect(old.height == 240)
    #expect(old.resize == ImageResize(.shorterSide(256), .lanczos, crop: .down))
    let convNeXt = try huggingFace(#"{"size": {"shortest_edge": 224}, "crop_pct": 0.875}"#)
    #expect(convNeXt.height == 224 && convNeXt.resize.target == .shorterSide(256))
  }

  @Test func aFactorBecomesPartOfTheNormalisation() throws {
    let image = try huggingFace(
      #"{"rescale_factor": 0.00784313725490196, "image_mean": [1, 1, 1], "image_std": [1, 1, 1]}"#)
    #expect(image.mean.allSatisfy { abs($0 - 0.5) < 1e-6 })
    #expect(image.standardDeviation.allSatisfy { abs($0 - 0.5) < 1e-6 })
    let bytes = try huggingFace(#"{"do_rescale": false, "do_normalize": false}"#)
    #expect(bytes.standardDeviation.allSatisfy { abs($0 - 1 / 255) < 1e-9 })
  }

  @Test func honoursTimmsSettings() throws {
    let image = try read([
      "config.json": """
      {"architecture": "vit_tiny_patch16_224", "pretrained_cfg": {"input_size": [3, 224, 224],
      "crop_pct": 0.9, "interpolation": "bicubic", "mean": [0.5, 0.5, 0.5],
      "std": [0.5, 0.5, 0.5]}}
      """
    ])
    #expect(image.resize == ImageResize(.shorterSide(248), .bicubic))
    #expect(image.mean == [0.5, 0.5, 0.5])
  }

  @Test func ourOwnConfigurationSaysAll() throws {
    let image = try read([
      "config.json": #"{"format": "tributary-model"}"#,
      "preprocessor_config.json": #"{"size": 32}"#,
    ])
    #expect(image == imageNet)
    #expect(try read([:]) == imageNet)
  }

  @Test(arguments: [
    #"{"size": {"longest_edge": 9, "shortest_edge": 9}}"#, #"{"size": 0}"#, #"{"resample": 9}"#,
    #"{"size": {"shortest_edge": 256}}"#, #"{"do_center_crop": true, "size": 9}"#,
    #"{"image_mean": [1], "image_std": [1]}"#, #"{"image_mean": ["a"]}"#,
    #"{"rescale_factor": 0}"#, #"{"image_mean": [0, 0, 0], "image_std": [0, 0, 0]}"#, "{",
  ])
  func refuses(_ text: String) {
    #expect(throws: TributaryError.self) { try huggingFace(text) }
  }

  @Test(arguments: [
    #"{"crop_pct": 0.9}"#, #"{"input_size": [3, 8, 8], "crop_pct": 0}"#,
    #"{"input_size": [3, 8, 8], "interpolation": "random"}"#,
    #"{"input_size": [3, 8, 8], "crop_mode": "border"}"#, #"{"input_size": [3, 8, 9]}"#,
  ])
  func refusesOfTimm(_ text: String) {
    #expect(throws: TributaryError.self) {
      try read(["config.json": #"{"pretrained_cfg": \#(text)}"#])
    }
  }

  @Test(arguments: [
    ImageResize(), ImageResize(.shorterSide(256)), ImageResize(.output, .nearest),
    ImageResize(.exact(height: 9, width: 8), .lanczos, crop: .down),
    ImageResize(.unchanged, .bicubic),
  ])
  func aFolderKeepsTheResize(_ resize: ImageResize) throws {
    var image = imageNet
    image.resize = resize
    let written = ModelConfiguration(architecture: "resnet18", classes: 2, image: image)
    let bytes = written.folderConfiguration()
    #expect(try ModelConfiguration(folderConfiguration: bytes) == written)
    let text = String(decoding: bytes.array(of: UInt8.self), as: UTF8.self)
    #expect(text.contains("resize") == (resize != ImageResize()))
  }

  @Test func aNamedSizeIsStretchedTo() throws {
    #expect(try ModelRegistry.defaultImage("resnet18")?.resize == ImageResize(.shorterSide(256)))
    #expect(try ModelRegistry.defaultImage("cifar-resnet20")?.resize == ImageResize())
    let request = ImageRequest(height: 128, width: 128)
    #expect(try ModelRegistry.defaultImage("resnet18", request)?.resize == ImageResize())
    #expect(imageNet.applying(request).resize == ImageResize())
    #expect(imageNet.applying(ImageRequest(mean: [0, 0, 0])).resize == imageNet.resize)
  }
}
