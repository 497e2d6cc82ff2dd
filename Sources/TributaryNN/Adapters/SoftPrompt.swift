internal import TributaryCore
public import TributaryTensor

/// A soft prompt (Lester et al. 2021, arXiv:2104.08691): learned vectors that stand in front of a text's word vectors,
/// `[count, size]`, called `prompt_embeddings` as in Hugging Face's PEFT.
public struct SoftPrompt: Sendable, Equatable {
  public let tensor: TensorSpec

  public init(count: Int, size: Int, initializer: Initializer) {
    tensor = TensorSpec("prompt_embeddings", [count, size], initializer: initializer)
  }

  /// `words` `[batch, length, size]` behind the prompt: `[batch, count + length, size]`.
  public func callAsFunction(before words: Tensor, _ pass: Pass) throws -> Tensor {
    let (count, size) = (tensor.shape[0], tensor.shape[1])
    let own = try pass(tensor.name).reshaped([1, count, size])
      .broadcast(to: [words.shape[0], count, size])
    return .concatenated([own, words], axis: 1)
  }
}
