import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct TextReaderTests {
  private func texts(_ dataset: Dataset) -> [String] {
    guard case .text(let text) = dataset.examples else { return [] }
    return text.texts
  }

  private func read(
    _ name: String, _ text: String, plan: TextPlan = TextPlan(), classes: [String]? = nil,
    labels: [Int]? = nil, labelsRequired: Bool = true
  ) throws -> (labels: [Int]?, texts: [String]) {
    let folder = try TemporaryFolder()
    let path = try folder.write(name, text)
    let task = TaskPlan(
      kind: .textClassification, classes: labels?.count ?? classes?.count ?? 4, classNames: classes)
    let dataset = try DatasetReader.read(
      path, plan: DataPlan(labels: labels, text: plan), task: task, labelsRequired: labelsRequired)
    return (dataset.labels, texts(dataset))
  }

  private func failure(
    _ name: String, _ bytes: [UInt8], labelsRequired: Bool = true
  ) throws -> String {
    let folder = try TemporaryFolder()
    let path = try folder.write(name, bytes)
    return message(in: folder) {
      _ = try DatasetReader.read(
        path, task: TaskPlan(kind: .textClassification, classes: 4),
        labelsRequired: labelsRequired)
    }
  }

  private func failure(_ name: String, _ text: String, labelsRequired: Bool = true) throws -> String
  {
    try failure(name, Array(text.utf8), labelsRequired: labelsRequired)
  }

  @Test func tabsAreTakenLiterally() throws {
    let result = try read("a.tsv", "3\tsaid \"it 's\", twice\r\n0\t\u{2028}é\u{301}\u{85}\n1\t")
    #expect(result.labels == [3, 0, 1])
    #expect(result.texts == ["said \"it 's\", twice", "\u{2028}é\u{301}\u{85}", ""])
  }

  @Test func aByteOrderMarkIsNoText() throws {
    #expect(try read("a.tsv", "\u{feff}1\tx\n").labels == [1])
  }

  @Test func commasFollowRFC4180() throws {
    let result = try read(
      "a.csv", "1,plain\r\n\"2\",\"a, b\"\n3,\"two\r\nlines, and \"\"quotes\"\"\"\n0,\n")
    #expect(result.labels == [1, 2, 3, 0])
    #expect(result.texts == ["plain", "a, b", "two\r\nlines, and \"quotes\"", ""])
  }

  @Test func headersAndColumns() throws {
    let header = try read("a.csv", "id,Text,label\n7,one,1\n8,two,0\n")
    #expect(header.labels == [1, 0] && header.texts == ["one", "two"])
    let glue = try read("a.tsv", "sentence\tlabel\nfine\t1\n")
    #expect(glue.labels == [1] && glue.texts == ["fine"])
    let columns = try read(
      "a.tsv", "0\t5.0\ttitle\ttext\n", plan: TextPlan(textColumns: [3, 4]))
    #expect(columns.labels == [0] && columns.texts == ["title text"])
    let last = try read("a.tsv", "x\t2\n", plan: TextPlan(labelColumn: 2))
    #expect(last.labels == [2] && last.texts == ["x"])
  }

  @Test func labelsMayBeNames() throws {
    let names = ["Sci/Tech", "World"]
    #expect(try read("a.tsv", "World\tx\n1\ty\nSci/Tech\tz\n", classes: names).labels == [1, 1, 0])
    #expect(
      try read("a.csv", "1,x\n4,y\n", classes: ["1", "2", "3", "4"]).labels == [0, 3],
      "names that are numbers")
    #expect(try read("a.tsv", "1\tx\n4\ty\n3\tz\n", labels: [4, 1]).labels == [1, 0])
  }

  @Test func jsonLines() throws {
    let result = try read(
      "a.jsonl",
      #"{"label": 2, "text": "a\tb \u00e9\ud83d\ude00"}"# + "\n"
        + #"{"text": "x", "label": "1", "more": [1, {}]}"# + "\n\n")
    #expect(result.labels == [2, 1])
    #expect(result.texts == ["a\tb é😀", "x"])
  }

  @Test func unlabelledTexts() throws {
    let lines = try read("a.txt", "one\n\nthree\tx", labelsRequired: false)
    #expect(lines.labels == nil && lines.texts == ["one", "", "three\tx"])
    let column = try read("a.tsv", "one\ntwo\n", labelsRequired: false)
    #expect(column.labels == nil && column.texts == ["one", "two"])
    let json = try read("a.jsonl", #"{"text": "x"}"#, labelsRequired: false)
    #expect(json.labels == nil && json.texts == ["x"])
    let both = try read("a.tsv", "2\tone\n", labelsRequired: false)
    #expect(both.labels == [2] && both.texts == ["one"])
  }

  @Test func labelsBeyondAnyModelAreRefused() throws {
    for label in ["3000000000", "9223372036854775807"] {
      let folder = try TemporaryFolder()
      let path = try folder.write("a.tsv", "0\tx\n\(label)\ty\n")
      let text = message(in: folder) { _ = try DatasetReader.read(path) }
      #expect(text.hasPrefix("a.tsv:2: label \(label) is outside"))
    }
    let twice = message { _ = try read("a.tsv", "0\tx\n", labels: [0, 0]) }
    #expect(twice == "data.labels has 0 twice")
  }

  @Test func badRecordsAreNamedByLine() throws {
    #expect(try failure("a.tsv", "") == "a.tsv: the file is empty")
    #expect(try failure("a.tsv", "\n\n") == "a.tsv: no examples in it")
    #expect(try failure("a.tsv", "0\tx\n\n1\ty\n") == "a.tsv:2: an empty line")
    #expect(try failure("a.tsv", "0\tx\n1\n") == "a.tsv:2: 1 fields, expected 2")
    #expect(try failure("a.tsv", "0\tx\n1\ty\tz\n") == "a.tsv:2: 3 fields, expected 2")
    #expect(try failure("a.tsv", "0\tx\ty\n").hasPrefix("a.tsv:1: 3 fields, expected 2"))
    #expect(
      try failure("a.tsv", "0\tx\nfour\ty\n")
        == "a.tsv:2: the label \"four\" is neither a number from 0 nor a name in task.classes")
    #expect(try failure("a.tsv", "0\tx\n-1\ty\n").hasPrefix("a.tsv:2: the label \"-1\""))
    #expect(try failure("a.tsv", "0\tx\n\ty\n").hasPrefix("a.tsv:2: an empty label"))
    #expect(
      try failure("a.tsv", "0\tx\n4\ty\n")
        == "a.tsv:2: label 4 is outside the 4 classes (0 to 3)")
    #expect(
      try failure("a.tsv", Array("0\tx\n1\t".utf8) + [0xff, 0x0a]) == "a.tsv:2: is not valid UTF-8")
    #expect(
      try failure("a.csv", "0,x\n1,\"a\nb\n")
        == "a.csv:2: a quoted field that begins here is never closed")
    #expect(
      try failure("a.csv", "0,\"a\nb\"\n1,x\"y\n")
        == "a.csv:3: a quote inside a field that does not begin with one")
    #expect(try failure("a.csv", "0,\"a\"b\n") == "a.csv:1: text after a closing quote")
    #expect(try failure("a.csv", "0,\"a\nb\"\n9,x\n").hasPrefix("a.csv:3: label 9 is outside"))
    #expect(
      try failure("a.jsonl", "{\"label\": 0, \"text\": \"x\"}\n{\"label\": 0}\n")
        == "a.jsonl:2: has no \"text\"")
    #expect(
      try failure("a.jsonl", "{\"label\": 0, \"text\": 3}\n")
        == "a.jsonl:1: \"text\" has the wrong type")
    #expect(
      try failure("a.jsonl", "[1]\n")
        == "a.jsonl:1: is not a JSON object with \"text\" and \"label\"")
    #expect(try failure("a.jsonl", "{\"text\": \"x\"}\n") == "a.jsonl:1: has no label")
    #expect(try failure("a.txt", "x\n") == "a.txt: plain lines have no labels")
    #expect(
      try failure(
        "a.jsonl", "{\"text\": \"x\"}\n{\"label\": 1, \"text\": \"y\"}", labelsRequired: false)
        == "a.jsonl:2: has a label, the records before have none")
    #expect(try failure("a.xyz", "what is it").hasPrefix("a.xyz: cannot tell its format"))
  }

  @Test func theWrongKindIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.tsv", "0\tx\n")
    #expect(
      message(in: folder) {
        _ = try DatasetReader.read(path, task: TaskPlan(kind: .imageClassification, classes: 2))
      }
        == "a.tsv:1: data for text-classification, but task.kind is image-classification")
    #expect(
      message(in: folder) { _ = try DatasetReader.read(folder.path + "/none") }
        == "none: no such file or folder")
  }
}
