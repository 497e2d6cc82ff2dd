import Testing
import TributaryCore
import TributarySimulation

@Suite struct SiteMatrixTests {
  private let clients = (0..<3).map(ClientID.init(index:))

  @Test func modelsAreRowsAndExamplesColumns() throws {
    let matrix = SiteMatrix(clients.reversed())
    // In any order: the table is in that of the names.
    for model in [2, 0] {
      try matrix.add(clients[model]) { site in
        Double(model) + (Double(site.name.suffix(1)) ?? 0) / 4
      }
    }
    #expect(
      matrix.csv == """
        model,client-0000,client-0001,client-0002
        client-0000,0.0,0.25,0.5
        client-0002,2.0,2.25,2.5

        """)
  }

  @Test func aModelThatCannotBeMeasuredHasNoRow() {
    let matrix = SiteMatrix(clients)
    #expect(throws: CancellationError.self) {
      try matrix.add(clients[0]) { _ in throw CancellationError() }
    }
    #expect(matrix.csv == "model,client-0000,client-0001,client-0002\n")
  }
}
