import Testing
import TributaryCore
import TributaryTensor
import TributaryTestKit

@testable import TributaryFeatures

@Suite struct FeatureStatisticsTests {
  private let data: FeatureGolden

  init() throws { data = try FeatureGolden() }

  private func part(_ rows: [Int]) -> FeatureStatistics {
    FeatureStatistics(
      features: data.source.rows(rows), labels: rows.map { data.labels[$0] },
      classes: data.classes)
  }

  @Test func variancesAddUp() {
    let statistics = data.statistics
    let total = statistics.covarianceWithinClasses + statistics.covarianceBetweenClasses
    #expect(
      difference(statistics.covariance.values, total.values, absolute: 1e-12) == nil)
  }

  @Test func sumsOfPartsAreTheSumsOfAll() {
    let parts = part(Array(0..<11)) + part(Array(11..<60))
    #expect(parts.counts == data.statistics.counts)
    #expect(
      difference(parts.products.values, data.statistics.products.values, absolute: 1e-10) == nil)
  }

  /// What a server makes of the integers' rounded mean.
  @Test(arguments: [1, 2, 7])
  func travelAsIntegersWhoseSumIsExact(clients: Int) throws {
    let parts = try (0..<clients).map { client in
      try part(Array(stride(from: client, to: 60, by: clients))).tensors()
    }
    var mean = parts[0]
    for (name, tensor) in parts[0] {
      var sums = [Int64](repeating: 0, count: tensor.shape.elementCount)
      for tree in parts {
        let values = try #require(tree[name]).bytes.array(of: Int64.self)
        for (index, value) in values.enumerated() { sums[index] += value }
      }
      mean[name] = try HostTensor(
        dtype: .int64, shape: tensor.shape,
        bytes: Bytes(
          copying: sums.map { Int64((Double($0) / Double(clients)).rounded()) }))
    }
    let found = try FeatureStatistics(mean: mean, clients: clients)
    #expect(found.counts == data.statistics.counts)
    let tolerance = Double(clients) * 0x1p-24
    for (found, expected) in [
      (found.sums, data.statistics.sums), (found.products, data.statistics.products),
    ] {
      #expect(difference(found.values, expected.values, absolute: tolerance) == nil)
    }
  }

  @Test func valuesThatCannotBeAddedExactlyAreRefused() throws {
    for value in [0x1p15, .infinity, .nan] {
      let statistics = FeatureStatistics(
        features: Matrix([value], rows: 1, columns: 1), labels: [0], classes: 1)
      #expect(throws: TributaryError.self) { try statistics.tensors() }
    }
  }

  @Test func tensorsThatDoNotFitAreRefused() throws {
    var tensors = try data.statistics.tensors()
    tensors["@features/products"] = try HostTensor(
      dtype: .int64, shape: [2], bytes: Bytes(copying: [Int64](repeating: 0, count: 2)))
    #expect(throws: TributaryError.self) { try FeatureStatistics(mean: tensors, clients: 1) }
    #expect(throws: TributaryError.self) { try FeatureStatistics(mean: [:], clients: 1) }
  }
}
