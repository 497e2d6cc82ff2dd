internal import TributaryCore
internal import TributaryFederation

extension RoundDriver {
  /// The mean `globals` after learning from the models of a round's clients, in the order of their names.
  ///
  /// What a strategy or an objective carries beside the model stays as the mean left it.
  func distilled(
    _ globals: ParameterTree<HostTensor>, of round: RoundInProgress, by fusion: EnsembleFusion
  ) async throws -> ParameterTree<HostTensor> {
    guard let stack = round.spool?.stack, let distiller = services.distiller else {
      return globals
    }
    let start = current.globals.withoutCarried
    let models = try stack.clients.indices.map { client in
      try start.map { name, tensor in
        guard tensor.dtype == .float32,
          let index = stack.tensors.firstIndex(where: { $0.name == name })
        else { return tensor }
        return try Self.model(tensor, moved: index, ofClient: client, in: stack)
      }
    }
    let found = try await mailbox.stoppable {
      try await distiller.distilled(
        globals.withoutCarried, from: models, by: fusion, round: round.number)
    }
    return globals.merging(found)
  }

  private static func model(
    _ start: HostTensor, moved tensor: Int, ofClient client: Int, in stack: any UpdateStack
  ) throws -> HostTensor {
    var values = [Float](repeating: 0, count: start.shape.elementCount)
    try values.withUnsafeMutableBytes { target in
      try stack.read(
        0..<start.shape.elementCount, ofTensor: tensor, ofClient: client, into: target)
    }
    let origin = try start.floats()
    for index in values.indices { values[index] += origin[index] }
    return HostTensor(values, shape: start.shape)
  }
}
