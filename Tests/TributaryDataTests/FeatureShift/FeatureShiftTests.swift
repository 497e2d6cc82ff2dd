import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct FeatureShiftTests {
  private let images: Dataset
  private let partition: DataPartition

  init() throws {
    let count = 40
    let pixels = (0..<(count * 100)).map { (index: Int) -> UInt8 in
      UInt8(60 + index % 100 + index / 100)
    }
    images = Dataset(
      examples: .images(try ImageExamples(shape: [1, 10, 10], pixels: Bytes(copying: pixels))),
      labels: [Int](repeating: 0, count: count))
    partition = try DataPartition(
      of: PartitionExamples(labels: [Int](repeating: 0, count: count), classes: 1),
      plan: PartitionPlan(kind: "sizes", settings: ["sizes": [10, 10, 10]]),
      key: RandomKey(seed: 2))
  }

  private func shifted(_ plan: FeatureShiftPlan, seed: UInt64 = 1) throws -> [[Double]] {
    let result = try FeatureShift.applied(
      to: images, of: partition, plan: plan, key: RandomKey(seed: seed))
    #expect(result.labels == images.labels)
    guard case .images(let changed) = result.examples else { return [] }
    let bytes = changed.pixels.array(of: UInt8.self).map { Double($0) }
    return (0..<40).map { Array(bytes[($0 * 100)..<(($0 + 1) * 100)]) }
  }

  private func mean(_ values: some Collection<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  @Test func nothingAskedChangesNothing() throws {
    #expect(
      try FeatureShift.applied(
        to: images, of: partition, plan: FeatureShiftPlan(), key: RandomKey(seed: 1)) == images)
  }

  @Test func brightnessIsOneFactorAClient() throws {
    let before = try shifted(FeatureShiftPlan())
    let after = try shifted(FeatureShiftPlan(brightness: 0.3))
    let factors = partition.map { client in client.map { mean(after[$0]) / mean(before[$0]) } }
    for client in factors {
      #expect((client.max() ?? 0) - (client.min() ?? 0) < 0.005)
      #expect(client.allSatisfy { (0.69...1.31).contains($0) })
    }
    #expect(Set(factors.map { ($0[0] * 100).rounded() }).count == 3, "clients differ")
    #expect(try shifted(FeatureShiftPlan(brightness: 0.3)) == after)
    #expect(try shifted(FeatureShiftPlan(brightness: 0.3), seed: 2) != after)
  }

  @Test func contrastKeepsTheMean() throws {
    let before = try shifted(FeatureShiftPlan())
    let after = try shifted(FeatureShiftPlan(contrast: 0.5))
    for example in 0..<40 { #expect(abs(mean(before[example]) - mean(after[example])) < 0.6) }
    #expect(after != before)
  }

  @Test func noiseGrowsFromClientToClient() throws {
    let before = try shifted(FeatureShiftPlan())
    let after = try shifted(FeatureShiftPlan(noise: 0.09))
    let deviations = partition.map { client in
      let squares = client.flatMap { example in
        zip(before[example], after[example]).map { ($0 - $1) * ($0 - $1) }
      }
      return mean(squares).squareRoot() / 255
    }
    for (deviation, expected) in zip(deviations, [0.03, 0.06, 0.09]) {
      #expect(abs(deviation / expected - 1) < 0.1)
    }
  }

  @Test func examplesOfNobodyStay() throws {
    let before = try shifted(FeatureShiftPlan())
    let after = try shifted(FeatureShiftPlan(rotation: 90, brightness: 0.5, noise: 0.2))
    let owners = partition.owners
    for example in 0..<40 {
      #expect((before[example] == after[example]) == (owners[example] == nil))
    }
  }

  @Test func textsAreRefused() {
    let texts = Dataset(examples: .text(TextExamples(texts: ["a"])), labels: [0])
    #expect(
      message {
        _ = try FeatureShift.applied(
          to: texts, of: partition, plan: FeatureShiftPlan(), key: RandomKey(seed: 0))
      } == "data.featureShift changes images, but the data are none")
  }
}
