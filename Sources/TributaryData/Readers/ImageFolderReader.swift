internal import Foundation
internal import TributaryCore
internal import TributaryPlan

/// PNG and JPEG files: one sub-folder a class, both sorted by name, or files without labels.
enum ImageFolderReader {
  static func isImage(_ name: String) -> Bool {
    let name = name.lowercased()
    return !name.hasPrefix(".")
      && [".png", ".jpg", ".jpeg"].contains { name.hasSuffix($0) }
  }

  /// The visible entries of a folder by the bytes of their names.
  static func entries(of folder: String) throws -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw TributaryError("data.file", "\(folder): no such folder, or it cannot be read")
    }
    return names.filter { !$0.hasPrefix(".") }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Reads class folders; only files that `selection` keeps are decoded.
  static func read(
    _ folder: String, selection: LabelSelection, size: [Int]?, resize: ImageResize = ImageResize(),
    naturalIDs: NaturalIDSource? = nil
  ) throws -> Dataset {
    let listed = try ClassFolders.list(
      folder, selection: selection, naturalIDs: naturalIDs, kind: "PNG or JPEG", accepts: isImage)
    return Dataset(
      examples: .images(try decode(listed.files, size: size, resize)),
      labels: listed.labels, classNames: listed.classNames, naturalIDs: listed.naturalIDs)
  }

  /// Decodes `files` in order to one size: `size` as `resize` says, or the one they all have.
  static func decode(
    _ files: [String], size: [Int]?, _ resize: ImageResize = ImageResize()
  ) throws -> ImageExamples {
    var shape: Shape = [3, size?[0] ?? 0, size?[1] ?? 0]
    var images: [Bytes] = []
    for file in files {
      var image = try ImageDecoder.decode(file)
      if let size { image = image.fitted(height: size[0], width: size[1], resize) }
      if images.isEmpty { shape = [3, image.height, image.width] }
      guard shape == [3, image.height, image.width] else {
        throw TributaryError(
          "data.image",
          "\(file): \(image.height) x \(image.width) pixels, the images before have "
            + "\(shape[1]) x \(shape[2])", advice: "set data.image.size")
      }
      images.append(image.planes)
    }
    let stride = shape.elementCount
    let pixels = Bytes(count: images.count * stride) { target in
      for (index, image) in images.enumerated() {
        image.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[(index * stride)...])
            .copyMemory(from: source)
        }
      }
    }
    return ImageExamples(shape: shape, pixels: pixels, count: images.count)
  }
}
