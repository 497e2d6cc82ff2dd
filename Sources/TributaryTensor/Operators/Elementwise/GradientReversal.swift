extension Tensor {
  /// These very values, whose gradient comes back times -`scale`: who minimises a loss behind it makes what lies
  /// before it maximise the loss (Ganin et al. 2016, "Domain-adversarial training of neural networks").
  public func reversingGradient(scale: Float) -> Tensor {
    detached.recorded(self) { gradient, _ in [gradient * -scale] }
  }
}
