/// What happens in one time step, with PyTorch's gates in its order.
public enum RecurrentCell: String, Sendable, CaseIterable {
  /// Long short-term memory (Hochreiter and Schmidhuber 1997), gates i, f, g, o:
  /// c = f c' + i g, h = o tanh(c).
  case lstm
  /// Gated recurrent unit (Cho et al. 2014, arXiv:1406.1078) with gates r, z, n, the reset gate behind the
  /// product: n = tanh(W x + b + r (U h' + b')), h = (1 - z) n + z h'.
  case gru

  /// Gates a unit: the weights have this many times as many rows as there are units.
  public var gates: Int { self == .lstm ? 4 : 3 }
}

/// The tensors of one direction of one layer: `weight_ih`, `weight_hh`, `bias_ih` and `bias_hh`.
public struct RecurrentWeights: Sendable {
  /// [gates * units, inputs]
  public var input: Tensor
  /// [gates * units, units]
  public var hidden: Tensor
  /// [gates * units], both or none.
  public var biases: (input: Tensor, hidden: Tensor)?

  public init(input: Tensor, hidden: Tensor, biases: (input: Tensor, hidden: Tensor)? = nil) {
    self.input = input
    self.hidden = hidden
    self.biases = biases
  }
}

/// What a recurrent layer remembers of the batch's sequences.
public struct RecurrentState: Sendable {
  /// [batch, units]
  public var hidden: Tensor
  /// [batch, units]; nil for a GRU.
  public var cell: Tensor?

  public init(hidden: Tensor, cell: Tensor? = nil) {
    self.hidden = hidden
    self.cell = cell
  }
}
