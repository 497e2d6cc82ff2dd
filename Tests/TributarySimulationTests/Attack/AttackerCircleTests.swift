import Testing
import TributaryCore
import TributaryWire
import TributaryWorker

@testable import TributarySimulation

@Suite struct AttackerCircleTests {
  private func task(_ client: Int, round: Int) -> TrainTask {
    TrainTask(
      runID: "r", round: round, client: ClientID(index: client),
      model: ModelManifest(architecture: "mean", assets: [], tensors: []),
      globals: [TensorEntry(name: "mean", tensor: HostTensor([0, 0], shape: [2]))],
      settings: "{}", key: RandomKey(seed: 1))
  }

  private let blobs = MemoryBlobs(tensors: ["mean": HostTensor([0, 0], shape: [2])])

  @Test func eachRoundIsTrainedOnceForAll() throws {
    let trainer = MeanTrainer()
    let circle = AttackerCircle(
      Set((0..<4).map(ClientID.init(index:))), trainer: trainer, key: RandomKey(seed: 3),
      buffers: [])
    for round in 1...3 {
      let means = try [3, 0, 2].map { client in
        try circle.moments(
          of: task(client, round: round), blobs: blobs, cancellation: Cancellation()
        )["mean"]?.means
      }
      #expect(means[0] == means[1] && means[0] == means[2])
      #expect(trainer.count == 4 * round)
    }
  }

  @Test func largeCirclesAreBounded() throws {
    let trainer = MeanTrainer()
    let circle = AttackerCircle(
      Set((0..<40).map(ClientID.init(index:))), trainer: trainer, key: RandomKey(seed: 3),
      buffers: [])
    _ = try circle.moments(of: task(39, round: 1), blobs: blobs, cancellation: Cancellation())
    #expect(trainer.count == AttackerCircle.largestCount)
  }

  @Test func aCancelledAttackerLeavesTheWorkToTheNext() throws {
    let circle = AttackerCircle(
      [ClientID(index: 0)], trainer: MeanTrainer(), key: RandomKey(seed: 3), buffers: [])
    let cancelled = Cancellation()
    cancelled.cancel()
    #expect(throws: CancellationError.self) {
      try circle.moments(of: task(0, round: 1), blobs: blobs, cancellation: cancelled)
    }
    let found = try circle.moments(
      of: task(0, round: 1), blobs: blobs, cancellation: Cancellation())
    #expect(found["mean"]?.means.count == 2)
  }

  @Test func momentsByHand() {
    var moments = ElementMoments(count: 2)
    for values in [[1, 5], [2, 5], [6, 5]] as [[Float]] { moments.add(values) }
    #expect(moments.means == [3, 5])
    // ((−2)² + (−1)² + 3²) / 3
    #expect(abs(moments.deviation(0) - (14.0 / 3).squareRoot()) < 1e-12)
    #expect(moments.deviation(1) == 0)
  }
}
