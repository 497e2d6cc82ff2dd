import Foundation
import Testing
import TributaryCore
import TributaryPlan
import TributaryTestKit

@testable import TributaryData

@Suite struct FederatedDatasetTests {
  private func plan(_ kind: TaskPlan.Kind, classes: Int, _ data: DataPlan) -> RunPlan {
    RunPlan(
      name: "clients", seed: 1, backbone: BackbonePlan(),
      task: TaskPlan(kind: kind, classes: classes), data: data)
  }

  @Test func columnsIdFilesAndLabelsSelectTogether() throws {
    let folder = try TemporaryFolder()
    let table = try folder.write(
      "a.csv", "site,text,label\nnorth,a,0\nsouth,b,2\nnorth,c,1\nsouth,d,1\nwest,e,2\n")
    var data = DataPlan(
      train: table, labels: [2, 1],
      partition: PartitionPlan(kind: "natural-id", settings: ["column": "site"]))
    let named = try FederatedDataset(plan(.textClassification, classes: 2, data))
    #expect(named.partition.names == ["north", "south", "west"])
    #expect(Array(named.partition) == [[1], [0, 2], [3]], "of b, c, d, e")
    data.partition = PartitionPlan(
      kind: "natural-id", path: try folder.write("ids", "x\ny\nx\nx\ny\n"))
    let filed = try FederatedDataset(plan(.textClassification, classes: 2, data))
    #expect(filed.partition.names == ["x", "y"])
    #expect(Array(filed.partition) == [[1, 2], [0, 3]])
  }

  @Test func theSameAsItsPartsUnderTheRunsKey() throws {
    let labels = (0..<40).map { $0 % 4 }
    let dataset = Dataset(
      examples: .text(TextExamples(texts: labels.map { "text \($0)" })), labels: labels)
    let run = plan(
      .textClassification, classes: 4,
      DataPlan(partition: PartitionPlan(kind: "dirichlet", clients: 4)))
    let data = try FederatedDataset(dataset, plan: run)
    #expect(data.dataset == dataset)
    #expect(
      data.partition
        == (try DataPartition(
          of: PartitionExamples(labels: labels, classes: 4),
          plan: PartitionPlan(kind: "dirichlet", clients: 4),
          key: RandomKey(seed: 1).at("partition"))))
    #expect(data.clients.map(\.client.name).last == "client-0003")
    #expect(data.clients.map(\.indices) == Array(data.partition))
  }

  @Test func aRunWithoutAPartitionIsRefused() {
    let run = plan(.textClassification, classes: 2, DataPlan(train: "nowhere"))
    #expect(
      message { _ = try FederatedDataset(run) }
        == "the run does not say how to divide its training data")
  }

  /// The clients that its author made; the test rows are no client's.
  @Test func femnistByItsClients() throws {
    guard let path = SharedData.path("femnist_subset") else { return }
    let run = plan(
      .imageClassification, classes: 10,
      DataPlan(train: path, test: path, partition: PartitionPlan(kind: "natural-id")))
    let data = try FederatedDataset(run)
    #expect(data.dataset.count == 4804 && data.partition.unusedCount == 0)
    #expect(data.partition.names == (0..<12).map(String.init))
    #expect(data.partition.digest.hex.hasPrefix("b57e624e9373e1e6"))
    #expect(try DatasetReader.test(run).count == 1193)
  }

  @Test func shakespeareBySpeakingRole() throws {
    guard let path = SharedData.path("tinyshakespeare/input.txt") else { return }
    let data = try FederatedDataset(
      plan(
        .languageModel, classes: 97,
        DataPlan(
          train: path, partition: PartitionPlan(kind: "natural-id"),
          text: TextPlan(maximumTokens: 80))))
    let names = try #require(data.partition.names)
    #expect(names.count == 299 && Set(names).isSuperset(of: ["ROMEO", "JULIET", "First Citizen"]))
    let citizen = try #require(names.firstIndex(of: "First Citizen"))
    guard case .text(let text) = data.dataset.subset(data.partition[citizen]).examples else {
      return #expect(Bool(false))
    }
    #expect(
      text.texts[0].hasPrefix(
        "Before we proceed any further, hear me speak.\nYou are all resolved rather"))
    #expect(text.texts.dropLast().allSatisfy { $0.unicodeScalars.count == 81 })
  }

  @Test func agNewsByItsLabelColumnAsAnId() throws {
    guard let path = SharedData.path("ag_news/train.tsv") else { return }
    let data = try FederatedDataset(
      plan(
        .textClassification, classes: 4,
        DataPlan(
          train: path,
          partition: PartitionPlan(kind: "natural-id", settings: ["column": 1]),
          text: TextPlan(labelColumn: 1, textColumns: [2]))))
    #expect(data.partition.map(\.count) == data.dataset.labelCounts(classes: 4))
  }
}
