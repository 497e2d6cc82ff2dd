import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor

@testable import TributaryModels

@Suite struct Seq2SeqLSTMTests {
  private func model() throws -> Seq2SeqLSTM {
    try Seq2SeqLSTM(
      ModelConfiguration(
        architecture: "seq2seq-lstm", classes: 12,
        settings: .object([
          ("vocabulary_size", .integer(20)), ("embedding_size", .integer(6)),
          ("hidden_size", .integer(8)), ("layers", .integer(2)),
        ])))
  }

  /// What greedy decoding writes is what teacher forcing, given that very text, finds likeliest.
  @Test func decodingAgreesWithTeacherForcing() throws {
    let model = try model()
    let tensors = try model.initialTensors(key: RandomKey(seed: 3)).mapValues { try Tensor($0) }
    let pass = Pass(parameters: tensors)
    let source = Tensor([1, 2, 3, 4, 5, 19, 7, 0, 0, 0] as [Int32], shape: [2, 5])
    let mask = Tensor([1, 1, 1, 1, 1, 1, 1, 0, 0, 0] as [Float], shape: [2, 5])
    let texts = try model.decoded(
      source, mask: mask, begin: 10, end: 99, maximumTokens: 6, pass)
    #expect(texts.map(\.count) == [6, 6])
    let target = Tensor(texts.flatMap { [10] + $0.dropLast() }, shape: [2, 6])
    let logits = try model.logits(.pairs(source: source, mask: mask, target: target), pass)
    #expect(logits.argmax(axis: 1).ints() == texts.flatMap { $0 })
    let end = texts[0][2]
    let cut = try model.decoded(
      source, mask: mask, begin: 10, end: end, maximumTokens: 6, pass)
    #expect(cut[0] == Array(texts[0].prefix { $0 != end }))
  }

  @Test func refusesWhatIsNoPair() throws {
    let model = try model()
    let pass = Pass(parameters: [:])
    #expect(throws: TributaryError.self) {
      try model.features(.tokens([[1, 2]]), pass)
    }
    var odd = model.configuration
    odd.settings = .object([("hidden_size", .integer(7))])
    #expect(throws: TributaryError.self) { try Seq2SeqLSTM(odd) }
  }
}
