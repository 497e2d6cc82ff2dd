import Testing
import TributaryCore
import TributaryData

@testable import TributaryWorker

@Suite struct ClientExamplesTests {
  private let dataset = Dataset(
    examples: .text(TextExamples(texts: ["a", "b", "c"])), labels: [0, 1, 0])

  @Test func aClientHasItsOwnIndices() throws {
    let (a, b) = (ClientID(index: 0), ClientID(index: 1))
    let examples = ClientExamples(dataset, shards: [a: [2, 0], b: [1]])
    #expect(try examples.indices(of: a) == [2, 0])
    #expect(try ClientExamples(dataset, of: b).indices(of: b) == [0, 1, 2])
    #expect(throws: TributaryError.self) { try ClientExamples(dataset, of: b).indices(of: a) }
  }

  @Test func labelsMustMeanWhatTheyMeanInTheRun() throws {
    let client = ClientID(index: 0)
    try ClientExamples(dataset, of: client).requireLabels([7, 8])
    try ClientExamples(dataset, of: client, selection: .own(nil)).requireLabels(nil)
    try ClientExamples(dataset, of: client, selection: .own([7, 8])).requireLabels([7, 8])
    let error = #expect(throws: TributaryError.self) {
      try ClientExamples(dataset, of: client, selection: .own(nil)).requireLabels([7, 8])
    }
    #expect(error?.advice == "start the worker with --labels 7,8")
    #expect(throws: TributaryError.self) {
      try ClientExamples(dataset, of: client, selection: .own([7])).requireLabels(nil)
    }
  }
}
