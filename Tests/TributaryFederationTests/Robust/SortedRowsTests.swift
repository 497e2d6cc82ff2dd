import Testing
import TributaryCore

@testable import TributaryFederation

@Suite struct SortedRowsTests {
  @Test func sortsColumnsOfAnyHeight() {
    for count in 1...70 {
      var stream = Fixture.key.at("rows").at(count).generator
      var block = UpdateBlock(rows: count, columns: 30, zero: 0 as Float)
      for index in block.values.indices { block.values[index] = Float(stream.below(20)) - 10 }
      let before = block
      block.withRows(of: 2..<23) { SortedRows.sort($0) }
      for column in 0..<30 {
        let found = (0..<count).map { block.values[$0 * 30 + column] }
        let old = (0..<count).map { before.values[$0 * 30 + column] }
        #expect(found == ((2..<23).contains(column) ? old.sorted() : old), "\(count) rows")
      }
    }
  }
}
