internal import TributaryCore

extension SafetensorsShards {
  /// A size as a person writes it, and Hugging Face reads it: `5GB`, `200MB`, `1GiB`, `1000000`.
  ///
  /// - Throws: `size.syntax`.
  public static func byteCount(_ text: String) throws -> Int {
    let units: [(String, Int)] = [
      ("KIB", 1 << 10), ("MIB", 1 << 20), ("GIB", 1 << 30), ("TIB", 1 << 40), ("KB", 1000),
      ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("", 1),
    ]
    let upper = text.uppercased()
    let (unit, factor) = units.first { upper.hasSuffix($0.0) } ?? ("", 1)
    let digits = upper.dropLast(unit.count).filter { $0 != " " }
    guard let number = Int(digits), number > 0,
      case let (size, overflow) = number.multipliedReportingOverflow(by: factor), !overflow
    else {
      throw TributaryError(
        "size.syntax", "\"\(text)\" is no size", advice: "write 5GB, 200MB or 1GiB")
    }
    return size
  }
}
