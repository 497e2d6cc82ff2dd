import Foundation
import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@testable import TributaryHub

@Suite struct HubSettingsTests {
  @Test func followsTheRulesOfHuggingfaceHub() {
    func cache(_ environment: [String: String]) -> String {
      HubSettings(environment: environment.merging(["HOME": "/home/u"]) { $1 }).cache
    }
    #expect(cache([:]) == "/home/u/.cache/huggingface/hub")
    #expect(cache(["XDG_CACHE_HOME": "/c"]) == "/c/huggingface/hub")
    #expect(cache(["HF_HOME": "~/hf", "XDG_CACHE_HOME": "/c"]) == "/home/u/hf/hub")
    #expect(cache(["HF_HUB_CACHE": "/h", "HF_HOME": "/x"]) == "/h")
    #expect(cache(["HF_HUB_CACHE": "here"]) == FileManager.default.currentDirectoryPath + "/here")
    #expect(HubSettings(environment: [:]).endpoint == "https://huggingface.co")
    #expect(HubSettings(environment: ["HF_ENDPOINT": "http://a:1//"]).endpoint == "http://a:1")
    for (value, expected) in [("1", true), ("yes", true), ("0", false), ("", false)] {
      #expect(HubSettings(environment: ["HF_HUB_OFFLINE": value]).isOffline == expected)
    }
  }

  @Test func findsTheToken() throws {
    let folder = TemporaryFolder()
    try DurableFile.write(Bytes(copying: Array("from-file\n".utf8)), to: folder("token"))
    #expect(HubSettings(environment: ["HF_HOME": folder.path]).token == "from-file")
    #expect(
      HubSettings(environment: ["HF_HOME": folder.path, "HF_TOKEN": " mine\n"]).token == "mine")
    #expect(HubSettings(environment: ["HF_TOKEN": "two words"]).token == nil)
    #expect(HubSettings(environment: ["HF_TOKEN": "a\u{7f}b"]).token == nil)
    #expect(HubSettings(environment: ["HF_HOME": folder("none")]).token == nil)
    #expect(
      HubSettings(environment: ["HF_HOME": folder("none"), "HF_TOKEN_PATH": folder("token")]).token
        == "from-file")
    #expect(
      HubSettings(
        environment: ["HF_HOME": folder.path, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]
      ).token == nil)
  }
}
