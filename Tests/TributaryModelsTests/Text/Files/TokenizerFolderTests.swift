import Testing
import TributaryCore
import TributaryStorage

@testable import TributaryModels

@Suite struct TokenizerFolderTests {
  private func bytes(_ text: String) -> Bytes { Bytes(copying: Array(text.utf8)) }

  /// `vocab.json` and `merges.txt` of a `tokenizer.json`.
  private func pair(_ name: String) throws -> [String: Bytes] {
    let json = try JSON(parsing: PipelineTokenizerTests.file("\(name).json"), name: name)
    let model = try #require(json["model"])
    let merges = try #require(model["merges"]?.array).map { merge in
      merge.string ?? (merge.array ?? []).compactMap(\.string).joined(separator: " ")
    }
    return [
      "vocab.json": bytes(try #require(model["vocab"]).text),
      "merges.txt": bytes("#version: 0.2\n" + merges.joined(separator: "\n") + "\n"),
    ]
  }

  @Test(arguments: ["gpt2", "roberta"]) func readsVocabularyAndMerges(_ name: String) throws {
    let assets = try pair(name)
    let (texts, cases) = try PipelineTokenizerTests.golden(name)
    let tokenizer = try TokenizerFolder.tokenizer(assets: assets)
    PipelineTokenizerTests.compare(tokenizer, with: cases, on: texts, name)
    #expect(tokenizer.paddingID == (name == "gpt2" ? 0 : 1))
  }

  @Test func readsALBERTsSentencePieceModel() throws {
    let assets = [
      "spiece.model": try PipelineTokenizerTests.file("albert.spiece.model"),
      "config.json": bytes(#"{"model_type": "albert"}"#),
    ]
    let (texts, cases) = try PipelineTokenizerTests.golden("albert")
    PipelineTokenizerTests.compare(
      try TokenizerFolder.tokenizer(assets: assets), with: cases, on: texts, "albert")
  }

  @Test func specialTokensHaveTheirIDs() throws {
    let tokenizer = try TokenizerFolder.tokenizer(assets: [
      "tokenizer.json": PipelineTokenizerTests.file("roberta.json")
    ])
    #expect(tokenizer.paddingID == 1)
    #expect(tokenizer.id(of: "</s>") == 2)
    #expect(tokenizer.id(of: "no such token") == nil)
    #expect(tokenizer.vocabularyCount == 1500)
    #expect(tokenizer.encode("", maximumTokens: 8) == [0, 2])
    #expect(tokenizer.decode([0, 2, 1_000_000, -1]) == "")
  }

  @Test func refusesWhatItDoesNotKnow() throws {
    let gpt2 = try pair("gpt2")
    var bart = gpt2
    bart["tokenizer_config.json"] = bytes(#"{"tokenizer_class": "BartTokenizer"}"#)
    var broken = gpt2
    broken["merges.txt"] = bytes("#version: 0.2\nh e l\n")
    func json(_ text: String) -> [String: Bytes] { ["tokenizer.json": bytes(text)] }
    let model = #""model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}"#
    let cases: [([String: Bytes], String, String)] = [
      ([:], "tokenizer.missing", "spiece.model"),
      (["vocab.txt": bytes("a\nb\n")], "tokenizer.special", "[UNK]"),
      (["vocab.txt": Bytes(copying: [0xff, 0x0a] as [UInt8])], "tokenizer.vocabulary", "UTF-8"),
      (bart, "tokenizer.kind", "bart"),
      (broken, "tokenizer.merges", "line 2"),
      (["spiece.model": bytes("no model")], "tokenizer.sentencepiece", ""),
      (json(#"{"model": {"type": "Syllables", "vocab": {}}}"#), "tokenizer.component", "Syllables"),
      (json(#"{"model": {"type": "Unigram", "vocab": []}}"#), "tokenizer.vocabulary", "unk_id"),
      (
        json(#"{"model": {"type": "BPE", "vocab": {"a": -1}, "merges": []}}"#),
        "tokenizer.vocabulary", "-1"
      ),
      (
        json(#"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}"#),
        "tokenizer.merges", "a b"
      ),
      (json(#"{"normalizer": {"type": "Odd"}, \#(model)}"#), "tokenizer.component", "Odd"),
      (
        json(#"{"pre_tokenizer": {"type": "UnicodeScripts"}, \#(model)}"#), "tokenizer.component",
        "UnicodeScripts"
      ),
      (
        json(
          #"{"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "#
            + #""behavior": "Isolated"}, \#(model)}"#), "tokenizer.pattern", "(a+)+$"
      ),
      (json(#"{"decoder": {"type": "CTC"}, \#(model)}"#), "tokenizer.component", "CTC"),
      (
        json(#"{"post_processor": {"type": "Odd"}, \#(model)}"#), "tokenizer.component", "Odd"
      ),
      (
        json(
          #"{"normalizer": {"type": "Precompiled", "precompiled_charsmap": "//8="}, \#(model)}"#),
        "tokenizer.charsmap", "cut"
      ),
    ]
    for (assets, code, part) in cases {
      let error = #expect(throws: TributaryError.self) {
        try TokenizerFolder.tokenizer(assets: assets)
      }
      #expect(error?.code == code && "\(error as Any)".contains(part), "\(error as Any)")
    }
  }
}
