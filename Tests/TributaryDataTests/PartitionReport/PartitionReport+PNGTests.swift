import Testing
import TributaryCore

@testable import TributaryData

@Suite struct PartitionReportPNGTests {
  private func picture(labelled: Bool = true) throws -> DecodedImage {
    var owners = PartitionOwners(examples: 8, clients: 2)
    for example in 0..<6 { owners.give(example, to: 0) }
    for example in 6..<8 { owners.give(example, to: 1) }
    let report = PartitionReport(
      DataPartition(owners), labels: labelled ? [0, 0, 0, 0, 0, 0, 1, 0] : nil,
      classes: ["a", "b"], run: "r", kind: "file", seed: 1)
    return try PNGDecoder.decode(report.png, "report.png")
  }

  @Test func aRowAClientOfSharesAndSize() throws {
    let image = try picture()
    let pixels = image.planes.array(of: UInt8.self)
    #expect(image.width == 704 && image.height == 36)
    func pixel(_ row: Int, _ column: Int) -> [UInt8] {
      (0..<3).map { pixels[$0 * 704 * 36 + row * 704 + column] }
    }
    let (blue, red) = ([0x44, 0x77, 0xaa], [0xee, 0x66, 0x77]) as ([UInt8], [UInt8])
    #expect(pixel(3, 0) == blue && pixel(3, 459) == blue && pixel(3, 461) == [255, 255, 255])
    // Half of each of two labels.
    #expect(pixel(20, 229) == blue && pixel(20, 230) == red && pixel(20, 459) == red)
    let grey: [UInt8] = [0x88, 0x99, 0xaa]
    #expect(pixel(3, 703) == grey && pixel(20, 556) == grey && pixel(20, 558) == [255, 255, 255])
    #expect(pixel(16, 0) == [255, 255, 255], "rows are apart")
  }

  @Test func withoutLabelsThereAreSizes() throws {
    let pixels = try picture(labelled: false).planes.array(of: UInt8.self)
    #expect(pixels[3 * 704] == 255 && pixels[3 * 704 + 500] == 0x88)
  }
}
