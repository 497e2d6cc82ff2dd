internal import Synchronization
internal import TributaryCore
internal import TributaryWire
internal import TributaryWorker

/// What attackers know of a round by putting their own honest updates together, and nothing of anybody else's.
///
/// The tasks of a round are done one by one, in any order. So whichever attacker comes first does the tasks of all
/// of them, with the random numbers that each would have used, whether or not the round asks them; the others
/// find the result. It depends on the round only: what strategies let clients remember from earlier rounds, they begin
/// without.
final class AttackerCircle: Sendable {
  /// More would cost more and hardly change mean and deviation.
  static let largestCount = 16

  private struct Round {
    var number: Int
    var moments: ParameterTree<ElementMoments>
  }

  private let members: [ClientID]
  private let trainer: any TaskTrainer
  private let key: RandomKey
  private let buffers: Set<String>
  private let known = Mutex<Round?>(nil)

  /// - Parameters:
  ///   - trainer: with a memory of its own, apart from that of the attackers' own tasks.
  ///   - key: the run's, from which the coordinator derives tasks' keys.
  init(_ attackers: Set<ClientID>, trainer: any TaskTrainer, key: RandomKey, buffers: Set<String>) {
    members = Array(attackers.sorted().prefix(Self.largestCount))
    self.trainer = trainer
    self.key = key
    self.buffers = buffers
  }

  /// Of the trained parameters in the round of `task`; computed by the first that asks while others wait.
  func moments(
    of task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ParameterTree<ElementMoments> {
    try known.withLock { known in
      if let known, known.number == task.round { return known.moments }
      let moments = try computed(task, blobs: blobs, cancellation: cancellation)
      known = Round(number: task.round, moments: moments)
      return moments
    }
  }

  private func computed(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ParameterTree<ElementMoments> {
    var moments: ParameterTree<ElementMoments> = [:]
    for member in members {
      var task = task
      task.client = member
      task.countedRound = 0
      task.key = key.at("client").at(member.name).at(task.round)
      let update = try trainer.train(task, blobs: blobs, cancellation: cancellation)
      let parameters = update.delta.withoutCarried.filter {
        $1.dtype == .float32 && !buffers.contains($0)
      }
      if moments.isEmpty {
        moments = parameters.mapValues { ElementMoments(count: $0.shape.elementCount) }
      }
      try moments.updateValues { name, moment in
        if let tensor = parameters[name] { moment.add(try tensor.floats()) }
      }
    }
    return moments
  }
}

/// Mean and standard deviation of every element of a tensor over several updates (Welford 1962).
struct ElementMoments: Sendable {
  private(set) var means: [Double]
  private var squares: [Double]
  private var count = 0

  init(count: Int) {
    means = [Double](repeating: 0, count: count)
    squares = means
  }

  mutating func add(_ values: [Float]) {
    count += 1
    for index in means.indices {
      let difference = Double(values[index]) - means[index]
      means[index] += difference / Double(count)
      squares[index] += difference * (Double(values[index]) - means[index])
    }
  }

  /// The population's, as in the paper's code.
  func deviation(_ index: Int) -> Double { (squares[index] / Double(max(1, count))).squareRoot() }
}
