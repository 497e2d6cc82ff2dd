import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@Suite struct FileMappingTests {
  private let folder = TemporaryFolder()

  @Test func mapsWhatIsThereAndKeepsItWhenTheFileGoes() throws {
    let bytes = Bytes(copying: (0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
    try DurableFile.write(bytes, to: folder("a"))
    let mapped = try FileMapping.bytes(of: folder("a"))
    DurableFile.remove(folder("a"))
    #expect(mapped == bytes)
    try DurableFile.write(.empty, to: folder("b"))
    #expect(try FileMapping.bytes(of: folder("b")) == .empty)
  }

  @Test func foldersAndMissingFilesAreNamed() {
    for path in [folder.path, folder("none")] {
      let error = #expect(throws: TributaryError.self) { try FileMapping.bytes(of: path) }
      #expect(error?.code == "file.open" && error?.message.contains(path) == true)
    }
  }
}
