internal import TributaryCore
internal import TributaryTensor

/// What a step of training tells about its batch, before the parameters moved.
struct StepReport {
  let loss: Float
  /// Rows whose class was right, and rows that count.
  let hits: (correct: Int, counted: Int)

  /// The mean loss, and the logits and labels of its rows, as the step left them in memory.
  struct Evidence {
    let loss, logits, labels: Tensor

    var report: StepReport {
      KernelTape.outside {
        StepReport(loss: loss.item, hits: classificationHits(logits, labels: labels))
      }
    }
  }
}

/// Runs steps of training, and once one could be captured, all others of its shape and learning rate from its tape.
struct StepReplay {
  private var captured: (tape: KernelTape, rate: Float, evidence: StepReport.Evidence)?
  // The first step makes the parameters this client's own; the second may be captured.
  private var isFirst = true
  private var mayTry: Bool
  /// Steps that were replayed.
  private(set) var steps = 0

  init(isAllowed: Bool) { mayTry = isAllowed }

  /// - Parameters:
  ///   - batch: nil where a step computes several, or is unlike the others.
  ///   - ordinary: the step itself, with what `captured` needs of it.
  mutating func step(
    _ batch: TrainingBatch?, rate: Float, _ parameters: inout ParameterTree<Tensor>,
    ordinary: (inout ParameterTree<Tensor>) throws -> (StepReport, StepReport.Evidence?)
  ) throws -> StepReport {
    guard let batch else { return try ordinary(&parameters).0 }
    if let captured, captured.rate == rate,
      captured.tape.replay(inputs: batch.tensors, parameters: &parameters)
    {
      steps += 1
      return captured.evidence.report
    }
    guard mayTry, !isFirst else {
      isFirst = false
      return try ordinary(&parameters).0
    }
    mayTry = false
    let (result, tape) = try KernelTape.capture(
      inputs: batch.tensors, parameters: &parameters, ordinary)
    if let tape, let evidence = result.1 { captured = (tape, rate, evidence) }
    return result.0
  }
}
