import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct TransformerConfigurationTests {
  private func configuration(_ entry: String) throws -> ModelConfiguration {
    let text = #"{"model_type": "bert", \#(entry)}"#
    return try ModelConfiguration(folderConfiguration: Bytes(copying: Array(text.utf8)))
  }

  @Test(arguments: ["-1", "0", "9000000000000000000"])
  func impossibleNumbersOfLabelsAreRefused(count: String) throws {
    let found = try configuration("\"num_labels\": \(count)")
    let error = #expect(throws: TributaryError.self) { try ModelRegistry.make(found) }
    #expect(error?.code == "model.configuration")
  }

  /// Below 1 as float64, but 1 as float32: nothing would be left.
  @Test func aDropoutThatRoundsToOneIsRefused() {
    #expect(throws: TributaryError.self) {
      try ModelRegistry.make(configuration("\"hidden_dropout_prob\": 0.9999999999"))
    }
  }
}
