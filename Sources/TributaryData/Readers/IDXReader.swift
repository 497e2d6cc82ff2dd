internal import Foundation
internal import TributaryCore

/// Images and labels in IDX files: `...images-idx3-ubyte` (grey) or `...images-idx4-ubyte`
/// (channels first, or last where only that makes sense), and `...labels-idx1-ubyte` beside them.
enum IDXReader {
  static func read(_ path: String, labelsRequired: Bool) throws -> RawDataset {
    let images = try images(path)
    let labelPath = labelPath(for: path)
    guard let labelPath, FileManager.default.fileExists(atPath: labelPath) else {
      guard !labelsRequired else {
        throw IDXFile.failure(
          path,
          labelPath.map { "its labels should be in \($0), which is not there" }
            ?? "cannot tell where its labels are: its name does not contain \"images\"")
      }
      return RawDataset(examples: .images(images), place: { "\(path): image \($0 + 1)" })
    }
    let labels = try IDXFile.read(labelPath)
    guard labels.shape.rank == 1 else {
      throw IDXFile.failure(labelPath, "labels must have 1 dimension, has shape \(labels.shape)")
    }
    guard labels.shape[0] == images.count else {
      throw IDXFile.failure(
        labelPath, "\(labels.shape[0]) labels for the \(images.count) images in \(path)")
    }
    return RawDataset(
      examples: .images(images), labels: labels.integers,
      place: { "\(labelPath): record \($0 + 1)" })
  }

  /// `train-images-idx3-ubyte.gz` -> `train-labels-idx1-ubyte.gz`, or without `.gz` where only
  /// that is there; nil where the name does not contain "images".
  static func labelPath(for path: String) -> String? { companion("labels", of: path) }

  /// The file of one number an image that lies beside the images at `path`, `word` in place of `images`.
  static func companion(_ word: String, of path: String) -> String? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var name = String(path.dropFirst(folder.count))
    guard let images = name.range(of: "images", options: .backwards) else { return nil }
    name.replaceSubrange(images, with: word)
    for rank in ["idx3", "idx4"] { name = name.replacingOccurrences(of: rank, with: "idx1") }
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    let candidates = [name, plain, plain + ".gz"].map { folder + $0 }
    return candidates.first { FileManager.default.fileExists(atPath: $0) } ?? candidates[0]
  }

  /// The images that `...split-idx1-ubyte` beside those at `path` marks as `split`'s (0: train, 1: test);
  /// nil where there is no such file.
  static func rows(of split: DatasetReader.Split, _ path: String, count: Int) throws -> [Int]? {
    guard let marks = companion("split", of: path), FileManager.default.fileExists(atPath: marks)
    else { return nil }
    guard split != .validation else {
      throw TributaryError(
        "data.validation", "\(marks) divides images into train and test alone",
        advice: "name another file as data.validation, or hold some out: data.holdout: 0.1")
    }
    let numbers = try IDXFile.read(marks).integers
    guard numbers.count == count, numbers.allSatisfy({ (0...1).contains($0) }) else {
      throw IDXFile.failure(marks, "expected \(count) times 0 (train) or 1 (test)")
    }
    return numbers.indices.filter { numbers[$0] == (split == .test ? 1 : 0) }
  }

  private static func images(_ path: String) throws -> ImageExamples {
    let file = try IDXFile.read(path)
    guard file.element == .uint8 else {
      throw IDXFile.failure(path, "images must be unsigned bytes")
    }
    let shape = file.shape
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw IDXFile.failure(path, "no images in it: shape \(shape)")
    }
    switch shape.rank {
    case 1: throw IDXFile.failure(path, "these are labels; give the path of the images")
    case 3:
      return ImageExamples(shape: [1, shape[1], shape[2]], pixels: file.bytes, count: shape[0])
    case 4 where isChannelsLast(shape):
      return channelsFirst(file)
    case 4:
      return ImageExamples(
        shape: [shape[1], shape[2], shape[3]], pixels: file.bytes, count: shape[0])
    default:
      throw IDXFile.failure(path, "images must have 3 or 4 dimensions, has shape \(shape)")
    }
  }

  private static func isChannelsLast(_ shape: Shape) -> Bool {
    [1, 3].contains(shape[3]) && ![1, 3].contains(shape[1])
  }

  private static func channelsFirst(_ file: IDXFile) -> ImageExamples {
    let (count, height, width, channels) =
      (file.shape[0], file.shape[1], file.shape[2], file.shape[3])
    let plane = height * width
    let size = plane * channels
    let pixels = file.bytes.withUnsafeBytes { source in
      Bytes(count: source.count) { target in
        for start in stride(from: 0, to: count * size, by: size) {
          for pixel in 0..<plane {
            for channel in 0..<channels {
              target[start + channel * plane + pixel] = source[start + pixel * channels + channel]
            }
          }
        }
      }
    }
    return ImageExamples(shape: [channels, height, width], pixels: pixels, count: count)
  }
}
