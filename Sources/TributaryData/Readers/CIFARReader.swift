internal import Foundation
internal import TributaryCore

/// CIFAR-10's binary files: records of a label byte and 3 x 32 x 32 bytes, channels first.
enum CIFARReader {
  static let shape: Shape = [3, 32, 32]
  static let recordSize = 1 + 3072

  static func read(_ paths: [String]) throws -> RawDataset {
    var labels: [Int] = []
    var starts: [Int] = []
    var parts: [Bytes] = []
    for path in paths {
      let bytes = try InputFile(path).readAll()
      try check(bytes, path)
      starts.append(labels.count)
      bytes.withUnsafeBytes { source in
        for start in stride(from: 0, to: source.count, by: recordSize) {
          labels.append(Int(source[start]))
        }
      }
      parts.append(bytes)
    }
    let (files, firsts) = (paths, starts)
    return RawDataset(
      examples: .images(
        ImageExamples(shape: shape, pixels: pixels(parts), count: labels.count)),
      labels: labels, classNames: classNames(beside: paths[0]),
      place: { index in
        let file = firsts.lastIndex { $0 <= index } ?? 0
        return "\(files[file]): record \(index - firsts[file] + 1)"
      })
  }

  private static func check(_ bytes: Bytes, _ path: String) throws {
    guard bytes.count > 0 else {
      throw TributaryError("data.cifar", "\(path): the file is empty")
    }
    guard bytes.count.isMultiple(of: recordSize) else {
      throw TributaryError(
        "data.cifar",
        "\(path): \(bytes.count) bytes are no whole number of records of \(recordSize); truncated "
          + "after record \(bytes.count / recordSize), or not CIFAR-10 binary")
    }
    let wrong = bytes.withUnsafeBytes { source in
      stride(from: 0, to: source.count, by: recordSize).first { source[$0] > 9 }
    }
    if let wrong {
      throw TributaryError(
        "data.cifar",
        "\(path): record \(wrong / recordSize + 1): the label byte is above 9; not CIFAR-10 binary")
    }
  }

  private static func pixels(_ parts: [Bytes]) -> Bytes {
    let records = parts.reduce(0) { $0 + $1.count / recordSize }
    return Bytes(count: records * (recordSize - 1)) { target in
      var position = 0
      for part in parts {
        part.withUnsafeBytes { source in
          for start in stride(from: 0, to: source.count, by: recordSize) {
            UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(
              from: UnsafeRawBufferPointer(rebasing: source[(start + 1)..<(start + recordSize)]))
            position += recordSize - 1
          }
        }
      }
    }
  }

  /// `batches.meta.txt`, which the original archive has: a name a line.
  private static func classNames(beside path: String) -> [String]? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    guard let data = FileManager.default.contents(atPath: folder + "batches.meta.txt") else {
      return nil
    }
    let names = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .map(String.init)
    return names.count == 10 ? names : nil
  }
}
