import Testing
import TributaryCore
import TributaryStorage
import TributaryTensor

@testable import TributaryData

@Suite struct FeatureTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func table(_ text: String, _ name: String = "table.csv") throws -> FeatureTable {
    try FeatureTable.read(folder.write(name, text))
  }

  @Test func aHeaderNamesTheLabelsColumn() throws {
    let table = try table("a,b,class\n1,2.5,cat\n-3,4e1,dog\n")
    #expect(table.features.values == [1, 2.5, -3, 40])
    #expect(table.features.rows == 2 && table.labels == ["cat", "dog"])
  }

  @Test func withoutAHeaderTheFirstColumnIsTheLabel() throws {
    let table = try table("7\t1\t2\n8\t3\t4\n", "table.tsv")
    #expect(table.features.values == [1, 2, 3, 4])
    #expect(table.labels == ["7", "8"])
  }

  @Test func aHeaderWithoutALabelMeansNoLabels() throws {
    let table = try table("a,b\n1,2\n")
    #expect(table.features.values == [1, 2] && table.labels == nil)
  }

  @Test func safetensorsOfAnyType() throws {
    let path = folder.path + "/table.safetensors"
    try SafetensorsFile.write(
      [
        "fts": HostTensor(
          dtype: .uint8, shape: [2, 2], bytes: Bytes(copying: [1, 2, 3, 255] as [UInt8])),
        "labels": HostTensor(dtype: .uint8, shape: [2], bytes: Bytes(copying: [4, 10] as [UInt8])),
      ], to: path)
    let table = try FeatureTable.read(path)
    #expect(table.features.values == [1, 2, 3, 255] && table.labels == ["4", "10"])
  }

  @Test(arguments: [
    "", "a,b\n", "1,2\n3\n", "1,2\n3,x\n", "1,inf\n",
  ])
  func badTablesAreRefused(text: String) throws {
    let error = #expect(throws: TributaryError.self) { try table(text) }
    #expect(["data.table", "data.empty"].contains(error?.code))
  }

  @Test func missingFilesAreRefused() {
    #expect(throws: TributaryError.self) { try FeatureTable.read(folder.path + "/none.csv") }
  }
}
