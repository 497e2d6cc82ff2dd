import Testing
import TributaryCore

@testable import TributaryHub

@Suite struct HubRepositoryTests {
  @Test(arguments: [
    ("owner/name", "models--owner--name"), ("gpt2", "models--gpt2"),
    ("timm/vit_tiny_patch16_224.augreg_in21k", "models--timm--vit_tiny_patch16_224.augreg_in21k"),
  ])
  func hasTheCachesFolderName(name: String, folder: String) throws {
    #expect(try HubRepository(name).folderName == folder)
  }

  @Test(arguments: [
    "", "/", "a/", "/a", "a/b/c", "../a", "a/..", "a/b..c", "a--b/c", "-a/b", "a/b.", "a b/c",
    "a/b\n", "a/é", "https://huggingface.co/a/b", "a/b?x=1", "a/b%2f",
  ])
  func refusesOtherNames(name: String) {
    #expect(throws: TributaryError.self) { try HubRepository(name) }
  }
}
