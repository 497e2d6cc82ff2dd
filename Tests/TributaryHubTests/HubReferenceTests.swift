import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@testable import TributaryHub

@Suite struct HubReferenceTests {
  @Test func namesAModelAndARevision() throws {
    let plain = try #require(try HubReference("hub:team/model"))
    #expect(plain.repository.description == "team/model" && plain.revision == "main")
    #expect(try HubReference("hub:gpt2@refs/pr/1")?.revision == "refs/pr/1")
    for path in ["team/model", "./hub:team/model", "HUB:a/b", ""] {
      #expect(try HubReference(path) == nil)
    }
  }

  @Test(arguments: ["hub:", "hub:a/b/c", "hub:../a", "hub:a/b@", "hub:a/b@../c", "hub:/a"])
  func refusesWhatIsNone(text: String) {
    #expect(throws: TributaryError.self) { try HubReference(text) }
  }

  @Test func isAFolderOfTheCacheOnceAllIsThere() throws {
    let folder = TemporaryFolder()
    let settings = HubSettings(environment: ["HF_HUB_CACHE": folder.path])
    let reference = try #require(try HubReference("hub:team/model"))
    let commit = String(repeating: "12", count: 20)
    let snapshot = "\(folder.path)/models--team--model/snapshots/\(commit)"
    func put(_ text: String, _ name: String) throws {
      try DurableFile.write(Bytes(copying: Array(text.utf8)), to: name)
    }
    func code() -> String? {
      do { _ = try reference.folder(settings) } catch { return (error as? TributaryError)?.code }
      return nil
    }
    #expect(code() == "hub.absent")
    try put(commit, "\(folder.path)/models--team--model/refs/main")
    try put("{}", "\(snapshot)/config.json")
    #expect(code() == "hub.absent")
    try put(
      #"{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}"#,
      "\(snapshot)/model.safetensors.index.json")
    try put("x", "\(snapshot)/model-00001-of-00002.safetensors")
    #expect(code() == "hub.absent")
    // A link to what is not there, as an interrupted download may leave it.
    try DurableFile.placeLink("\(snapshot)/model-00002-of-00002.safetensors", to: "../../blobs/x")
    #expect(code() == "hub.absent")
    try put("x", "\(folder.path)/models--team--model/blobs/x")
    #expect(try reference.folder(settings) == snapshot)
  }
}
