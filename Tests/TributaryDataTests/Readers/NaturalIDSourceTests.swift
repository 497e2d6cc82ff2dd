import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

/// Whose an example is, from every kind of data.
@Suite struct NaturalIDSourceTests {
  private func ids(
    _ folder: TemporaryFolder, _ train: String, column: PlanSetting? = nil, path: String? = nil,
    kind: TaskPlan.Kind = .textClassification
  ) throws -> [String]? {
    let run = RunPlan(
      name: "ids", backbone: BackbonePlan(), task: TaskPlan(kind: kind, classes: 97),
      data: DataPlan(train: train, text: TextPlan(maximumTokens: 4)))
    return try DatasetReader.train(run, naturalIDs: NaturalIDSource(column: column, path: path))
      .naturalIDs
  }

  @Test func columnsOfTables() throws {
    let folder = try TemporaryFolder()
    let tabs = try folder.write("a.tsv", "1\tx\tann\n0\ty\tbob\n")
    #expect(try ids(folder, tabs, column: 3) == ["ann", "bob"])
    let header = try folder.write("b.csv", "who,label,text\nann,1,x\nbob,0,y\n")
    #expect(try ids(folder, header, column: "who") == ["ann", "bob"])
    #expect(try ids(folder, header, column: 1) == ["ann", "bob"])
    let lines = try folder.write(
      "c.jsonl",
      #"{"label": 0, "text": "x", "who": "ann", "more": {}}"# + "\n"
        + #"{"label": 0, "text": "x", "who": 7}"# + "\n")
    #expect(try ids(folder, lines, column: "who") == ["ann", "7"])
    #expect(
      message(in: folder) { _ = try ids(folder, tabs, column: 4) }
        == "a.tsv:1: there is no column 4")
    #expect(
      message(in: folder) { _ = try ids(folder, header, column: "whom") }
        == "b.csv:1: there is no column whom")
    #expect(
      message(in: folder) { _ = try ids(folder, lines, column: "more") }
        == "c.jsonl:1: has no \"more\" that is a text or a whole number")
  }

  @Test func filesBesideImages() throws {
    let folder = try TemporaryFolder()
    let images = try folder.write(
      "train-images-idx3-ubyte", idx([3, 1, 1], [1, 2, 3]))
    try folder.write("train-labels-idx1-ubyte", idx([3], [0, 1, 0]))
    func ids(_ path: String? = nil, column: PlanSetting? = nil) throws -> [String]? {
      try self.ids(folder, images, column: column, path: path, kind: .imageClassification)
    }
    #expect(
      message(in: folder) { _ = try ids() }
        == "train-images-idx3-ubyte: nothing says whose each example is")
    try folder.write("train-clients-idx1-ubyte", idx([3], [7, 7, 200]))
    #expect(try ids() == ["7", "7", "200"])
    #expect(try ids(folder.write("ids.txt", "a\nb\na\n")) == ["a", "b", "a"])
    let few = try folder.write("few.txt", "a\nb\n")
    #expect(
      message(in: folder) { _ = try ids(few) }.hasPrefix("few.txt: 2 ids for the 3 examples"))
    #expect(
      message(in: folder) { _ = try ids(column: "who") }.contains("has no columns"))
    // The rows of one part keep their own ids.
    try folder.write("train-split-idx1-ubyte", idx([3], [0, 1, 0]))
    #expect(try ids() == ["7", "200"])
  }

  @Test func speakingRoles() throws {
    let folder = try TemporaryFolder()
    let play = try folder.write(
      "play.txt", "ANN:\nabcdefgh\n\nBOB:\nno: yes\nthis line:\n\nANN:\nij\n\nX:\ny\n")
    // Ann says "abcdefgh\nij" in windows of 4 and what follows.
    #expect(
      try ids(folder, play, kind: .languageModel)
        == ["ANN", "ANN", "ANN"] + [String](repeating: "BOB", count: 5))
    let prose = try folder.write("prose.txt", "no: role\n\nat all\n")
    #expect(
      message(in: folder) { _ = try ids(folder, prose, kind: .languageModel) }
        .hasPrefix("prose.txt: no line \"NAME:\" after an empty line"))
    #expect(
      message(in: folder) {
        _ = try ids(folder, play, path: prose, kind: .languageModel)
      }.contains("running text has no examples"))
  }
}
