internal import Foundation
internal import TributaryCore
internal import TributaryStorage

/// Words with a vector each, as GloVe and word2vec publish them.
public struct WordVectors: Sendable, Equatable {
  /// In the file's order, none twice.
  public let words: [String]
  public let dimension: Int
  /// `[words.count, dimension]`
  public let values: [Float]

  init(words: [String], dimension: Int, values: [Float]) {
    self.words = words
    self.dimension = dimension
    self.values = values
  }

  /// Reads GloVe's text, or word2vec's text or binary file; which it is, the file tells. It is mapped, and only what is
  /// kept is copied.
  ///
  /// - Parameters:
  ///   - maximumWords: the first so many of the file.
  ///   - only: a file with a word a line, the only ones to be kept; nil: all.
  /// - Throws: `file.open`; `model.words` for what is no such file, is damaged, has vectors of different lengths or numbers
  ///   that are none, or has none of the words.
  public init(path: String, maximumWords: Int = .max, only: String? = nil) throws {
    let bytes = try FileMapping.bytes(of: path)
    let wanted = try only.map(Self.list)
    self = try bytes.withUnsafeBytes { buffer in
      var reader = try WordVectorReader(buffer, path: path)
      return try reader.read(maximum: maximumWords, only: wanted)
    }
    guard !words.isEmpty else {
      throw TributaryError(
        "model.words", "\(path): has none of the words\(only.map { " in \($0)" } ?? "")")
    }
  }

  private static func list(_ path: String) throws -> Set<String> {
    let text = try String(tokenizerFile: FileMapping.bytes(of: path), path)
    return Set(text.tokenizerLines.map { $0.trimmingCharacters(in: .whitespaces) })
  }
}
