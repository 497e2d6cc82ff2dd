import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct DatasetTasksTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func plan(_ tasks: [DataTask]?) throws -> RunPlan {
    try folder.write("a.tsv", "label\ttext\n0\ta zero\n1\ta one\n1\ta eins\n")
    try folder.write("b.tsv", "label\ttext\n0\tb zero\n2\tb two\n")
    var plan = RunPlan(
      name: "tasks", backbone: BackbonePlan(architecture: "bert"),
      task: TaskPlan(kind: .textClassification, classes: 3), data: DataPlan())
    plan.data.tasks = tasks
    return plan
  }

  private func texts(_ dataset: Dataset) -> [String] {
    guard case .text(let text) = dataset.examples else { return [] }
    return text.texts
  }

  private func task(_ name: String, labels: [Int]? = nil) -> DataTask {
    DataTask(
      name: name, train: "\(folder.path)/\(name).tsv", test: "\(folder.path)/\(name).tsv",
      labels: labels)
  }

  @Test func tasksStandSideBySide() throws {
    let plan = try plan([task("a", labels: [1]), task("b")])
    for found in [try DatasetReader.train(plan), try DatasetReader.test(plan)] {
      #expect(texts(found) == ["a one", "a eins", "b zero", "b two"])
      #expect(found.labels == [1, 1, 0, 2])
    }
  }

  /// With several heads a label is one of its task's head, and a task may be a client.
  @Test func headsHaveLabelsOfTheirOwn() throws {
    var plan = try plan([task("a"), task("b")])
    plan.task = TaskPlan(kind: .textClassification, classes: 5)
    plan.task.heads = [2, 3]
    plan.data.partition = PartitionPlan(kind: "natural-id", minimumExamples: 1)
    let found = try FederatedDataset(plan)
    #expect(found.dataset.labels == [0, 1, 1, 2, 4])
    #expect(found.clients.map(\.indices) == [[0, 1, 2], [3, 4]])
    plan.task.heads = [2, 2]
    plan.task.classes = 4
    plan.data.tasks?[1].labels = [0]
    #expect(try DatasetReader.train(plan).labels == [0, 1, 1, 2])
    plan.task.heads = [3, 2]
    plan.task.classes = 5
    plan.data.tasks?[1].labels = nil
    let error = #expect(throws: TributaryError.self) { try DatasetReader.train(plan) }
    #expect(error?.code == "data.label")
  }

  @Test func formerExamplesAreReplayed() throws {
    var plan = try plan(nil)
    plan.data.train = "\(folder.path)/b.tsv"
    plan.data.only = [2]
    plan.data.replay = ReplayPlan(size: 2, passes: 2, former: [task("a")])
    let found = texts(try DatasetReader.train(plan))
    #expect(found.count == 5 && found.first == "b two")
    #expect(found[1...2] == found[3...4] && found.contains("a zero"))
    plan.data.only = [1]
    let error = #expect(throws: TributaryError.self) { try DatasetReader.train(plan) }
    #expect(error?.code == "data.empty")
  }
}
