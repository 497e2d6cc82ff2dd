import Foundation
import Testing
import TributaryCore
import TributaryPlan
import TributaryTestKit

@testable import TributaryData

/// The readers on the data that the experiments use, against their published counts and digests.
@Suite struct RealDataTests {
  private func dataset(
    _ name: String, plan: DataPlan = DataPlan(), split: DatasetReader.Split? = nil
  ) throws -> Dataset? {
    guard let path = SharedData.path(name) else { return nil }
    return try DatasetReader.read(path, plan: plan, split: split)
  }

  private func images(_ dataset: Dataset) throws -> ImageExamples {
    guard case .images(let images) = dataset.examples else {
      throw TributaryError("test", "no images")
    }
    return images
  }

  @Test func mnist() throws {
    guard let test = try dataset("mnist", split: .test) else { return }
    #expect(test.count == 10_000)
    #expect(
      test.labelCounts(classes: 10) == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    let images = try images(test)
    #expect(images.shape == [1, 28, 28])
    let mean = images.pixels.withUnsafeBytes { $0.reduce(0.0) { $0 + Double($1) } }
    #expect(abs(mean / Double(images.pixels.count) / 255 - 0.1325) < 1e-3)
    let train = try #require(try dataset("mnist/train-images-idx3-ubyte.gz"))
    #expect(train.count == 60_000)
  }

  /// Debian's package dataset-fashion-mnist.
  @Test func fashionMNIST() throws {
    let path = "/usr/share/datasets/fashion-mnist"
    guard FileManager.default.fileExists(atPath: path) else { return }
    let plan = DataPlan(labels: [5, 6, 7, 8, 9], testLimit: 4000)
    let task = TaskPlan(kind: .imageClassification, classes: 5)
    let test = try DatasetReader.read(path, plan: plan, task: task, limit: 4000, split: .test)
    #expect(test.count == 4000)
    #expect(try test.requireLabels(within: task).max() == 4)
    let all = try DatasetReader.read(path, split: .train)
    #expect(all.labelCounts(classes: 10) == [Int](repeating: 6000, count: 10))
  }

  @Test func cifar10() throws {
    guard let test = try dataset("cifar10", split: .test) else { return }
    #expect(test.labelCounts(classes: 10) == [Int](repeating: 200, count: 10))
    #expect(test.classNames?.first == "airplane" && test.classNames?.last == "truck")
    let half = try #require(
      try dataset("cifar10/cifar10_test.bin", plan: DataPlan(labels: [5, 6, 7, 8, 9])))
    #expect(half.labelCounts(classes: 5) == [Int](repeating: 200, count: 5))
    #expect(half.classNames == ["dog", "frog", "horse", "ship", "truck"])
  }

  @Test func agNews() throws {
    guard let train = try dataset("ag_news/train.tsv"),
      let test = try dataset("ag_news/test.tsv")
    else { return }
    #expect(train.count == 10_001)
    #expect(test.labelCounts(classes: 4) == [1900, 1900, 1900, 1900])
    let path = try #require(SharedData.path("ag_news/test_official.csv"))
    let official = try DatasetReader.read(
      path, plan: DataPlan(text: TextPlan(textColumns: [3])),
      task: TaskPlan(kind: .textClassification, classes: 4, classNames: ["1", "2", "3", "4"]))
    #expect(official.labelCounts(classes: 4) == [1900, 1900, 1900, 1900])
  }

  @Test func sentencesAndReviews() throws {
    guard let dev = try dataset("sst2/dev.tsv"), let phrases = try dataset("sst2/phrases_train.tsv")
    else { return }
    #expect(dev.count == 872)
    #expect(phrases.count == 60_614)
    let plan = DataPlan(text: TextPlan(textColumns: [3, 4]))
    let books = try #require(try dataset("amazon_reviews/books_test.tsv", plan: plan))
    #expect(books.labelCounts(classes: 2) == [200, 200])
  }

  @Test func domainsInIDX() throws {
    guard let usps = try dataset("usps", split: .train) else { return }
    #expect(try images(usps).shape == [1, 16, 16])
    #expect(usps.count == 7_291)
    #expect(try #require(try dataset("pneumoniamnist", split: .test)).count == 624)
    #expect(try #require(try dataset("femnist_subset")).count == 5_997)
    #expect(try #require(try dataset("omniglot/omniglot28-images-idx3-ubyte")).count == 4_840)
  }

  /// The IDX files hold the same photographs cropped, so only counts and labels can be compared.
  @Test func antsAndBees() throws {
    guard let path = SharedData.path("hymenoptera"),
      let idx = try dataset("hymenoptera/hymenoptera96-val-images-idx4-ubyte")
    else { return }
    #expect(try images(idx).shape == [3, 96, 96])
    #expect(idx.labelCounts(classes: 2) == [70, 83])
    let plan = DataPlan(image: ImagePlan(size: [96, 96]))
    let val = try DatasetReader.read(path, format: .imageFolder, plan: plan, split: .test)
    #expect(val.labelCounts(classes: 2) == [70, 83])
    #expect(val.classNames == ["ants", "bees"])
    #expect(try images(val).shape == [3, 96, 96])
  }

  @Test func aPartitionOfRealTextsComesBackFromItsShards() throws {
    guard let all = try dataset("ag_news/train.tsv") else { return }
    let folder = try TemporaryFolder()
    let plan = PartitionPlan(kind: "dirichlet", clients: 8)
    let parts = try DataPartition(
      of: PartitionExamples(labels: all.labels ?? [], classes: 4), plan: plan,
      key: RandomKey(seed: 1))
    for (index, part) in parts.enumerated() {
      let client = ClientID(index: index)
      let subset = all.subset(part)
      try Shard.write(subset, client: client, classes: 4, to: "\(folder.path)/\(client)")
      #expect(try Shard.read("\(folder.path)/\(client)").dataset == subset)
    }
  }
}
