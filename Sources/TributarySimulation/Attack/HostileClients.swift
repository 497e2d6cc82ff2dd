internal import TributaryCore
internal import TributaryWire
internal import TributaryWorker

/// Honest clients' tasks done honestly, hostile clients' by an attack.
struct HostileClients: TaskTrainer {
  let attackers: Set<ClientID>
  let honest: any TaskTrainer
  let hostile: any TaskTrainer

  func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    let isHostile = task.purpose == .train && attackers.contains(task.client)
    return try (isHostile ? hostile : honest)
      .train(task, blobs: blobs, cancellation: cancellation)
  }
}

/// Trains honestly and sends something else: trained parameters are forged; buffers, counters, a strategy's
/// own tensors, metrics and the number of examples stay honest, so that the update looks like any other.
struct ForgingTrainer: TaskTrainer {
  let honest: any TaskTrainer
  let forgery: any UpdateForgery
  let buffers: Set<String>

  func train(
    _ task: TrainTask, blobs: any BlobSource, cancellation: Cancellation
  ) throws -> ClientUpdate {
    var update = try honest.train(task, blobs: blobs, cancellation: cancellation)
    let parameters = update.delta.withoutCarried.filter {
      $1.dtype == .float32 && !buffers.contains($0)
    }
    let forged = try forgery.forged(parameters, task, blobs: blobs, cancellation: cancellation)
    update.delta = update.delta.merging(forged)
    return update
  }
}

/// What an attacker sends in place of its honest update.
protocol UpdateForgery: Sendable {
  /// - Parameters:
  ///   - parameters: the honest update's trained parameters, all F32.
  ///   - task: the task that was done.
  func forged(
    _ parameters: ParameterTree<HostTensor>, _ task: TrainTask, blobs: any BlobSource,
    cancellation: Cancellation
  ) throws -> ParameterTree<HostTensor>
}
