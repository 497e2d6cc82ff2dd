import Testing
import TributaryCore

@Suite struct IdentifiersTests {
  @Test func indexedNamesSortAsTheirIndices() {
    #expect(ClientID(index: 7).name == "client-0007")
    #expect(ClientID(index: 12_345).name == "client-12345")
    #expect(ClientID(index: 2) < ClientID(index: 10))
  }

  @Test(arguments: ["", "../x", ".hidden", "a b", "a/b", String(repeating: "x", count: 65), "é"])
  func namesThatCouldEscapeAPathAreRefused(name: String) {
    #expect(throws: TributaryError.self) { try ClientID(name) }
  }

  @Test(arguments: ["client-0001", "ward_3.eu", "A"])
  func plainNamesAreTaken(name: String) throws {
    #expect(try ClientID(name).name == name)
  }
}
