import Foundation
import TributaryCore

/// A folder that is removed with this value.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/tributary-data-\(UUID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

enum GoldenFile {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Golden/\(name)"
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }
}

/// The message of the error that `body` throws, with the temporary folder's path left out.
func message(in folder: TemporaryFolder? = nil, _ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    let text = (error as? TributaryError)?.message ?? "not a TributaryError: \(error)"
    return folder.map { text.replacingOccurrences(of: $0.path + "/", with: "") } ?? text
  }
}

/// An IDX file of unsigned bytes.
func idx(_ shape: [Int], _ bytes: [UInt8], element: UInt8 = 8) -> [UInt8] {
  var file: [UInt8] = [0, 0, element, UInt8(shape.count)]
  for extent in shape { file += withUnsafeBytes(of: UInt32(extent).bigEndian, Array.init) }
  return file + bytes
}
