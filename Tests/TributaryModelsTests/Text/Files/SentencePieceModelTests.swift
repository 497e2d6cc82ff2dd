import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct SentencePieceModelTests {
  @Test func aModelCutAnywhereIsRefusedOrShorter() throws {
    let whole = try PipelineTokenizerTests.file("albert.spiece.model")
    let model = try SentencePieceModel(whole)
    #expect(model.pieces.count == 1500 && model.kind == 1 && model.unknown == 1)
    #expect(!model.charsmap.isEmpty)
    for end in stride(from: 0, to: whole.count, by: 97) {
      let cut = try? SentencePieceModel(whole[0..<end])
      #expect(cut.map { $0.pieces.count <= model.pieces.count } ?? true)
    }
  }

  @Test func lengthsBeyondTheBytesAreRefused() {
    for bytes: [UInt8] in [
      [], [0x0a], [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
      [UInt8](repeating: 0xff, count: 40), [0x0d, 1, 2], [0x0b],
    ] {
      #expect(throws: TributaryError.self) { try SentencePieceModel(Bytes(copying: bytes)) }
    }
  }
}
