/// Tensors that travel with a model's without being the model's: a strategy's own, such as control variates.
extension ParameterTree {
  /// What a strategy's tensor of `kind` that belongs to the model's tensor `name` is called; no model's tensor
  /// is called so.
  public static func carriedName(_ kind: String, of name: String) -> String { "@\(kind)/\(name)" }

  /// The model's own tensors.
  public var withoutCarried: ParameterTree { filter { name, _ in !name.hasPrefix("@") } }

  /// The tensors of one kind, by the names of the model's tensors that they belong to.
  public func carried(_ kind: String) -> ParameterTree {
    let prefix = Self.carriedName(kind, of: "")
    return ParameterTree(
      Array(self).compactMap { name, value in
        name.hasPrefix(prefix) ? (String(name.dropFirst(prefix.count)), value) : nil
      })
  }

  /// These tensors, called as a strategy's of one kind.
  public func asCarried(_ kind: String) -> ParameterTree {
    ParameterTree(Array(self).map { name, value in (Self.carriedName(kind, of: name), value) })
  }
}
