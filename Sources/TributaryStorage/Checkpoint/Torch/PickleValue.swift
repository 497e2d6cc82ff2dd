internal import TributaryCore

/// What a pickle's instructions make.
///
/// Containers lie in a `PickleGraph` and are named by their place there: a list inside itself, or one a million
/// deep, is only numbers, so nothing leaks and nothing recurses.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  /// Bytes, and integers beyond 64 bits: the file's own.
  case bytes(Bytes)
  case object(Int)

  var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
}

/// A container or what a call made.
struct PickleObject {
  enum Kind {
    case list
    case tuple
    /// Keys and values by turns.
    case dictionary
    case global(TorchGlobal)
    case storage(TorchStorage)
    case tensor(TorchTensor)
    /// Of no interest to a checkpoint: a device.
    case ignored
  }

  var kind: Kind
  var items: [PickleValue] = []
}

/// Everything that one pickle made.
struct PickleGraph {
  var objects: [PickleObject] = []
  var copiedItems = 0

  mutating func add(_ kind: PickleObject.Kind, _ items: [PickleValue] = []) -> PickleValue {
    objects.append(PickleObject(kind: kind, items: items))
    return .object(objects.count - 1)
  }

  subscript(value: PickleValue) -> PickleObject? {
    if case .object(let place) = value { objects[place] } else { nil }
  }

  func list(_ value: PickleValue) -> [PickleValue]? {
    guard let object = self[value], case .list = object.kind else { return nil }
    return object.items
  }

  func tuple(_ value: PickleValue) -> [PickleValue]? {
    guard let object = self[value], case .tuple = object.kind else { return nil }
    return object.items
  }

  func dictionary(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)]? {
    guard let object = self[value], case .dictionary = object.kind else { return nil }
    return stride(from: 0, to: object.items.count - 1, by: 2).map {
      (object.items[$0], object.items[$0 + 1])
    }
  }

  func tensor(_ value: PickleValue) -> TorchTensor? {
    guard let object = self[value], case .tensor(let tensor) = object.kind else { return nil }
    return tensor
  }

  func global(_ value: PickleValue) -> TorchGlobal? {
    guard let object = self[value], case .global(let global) = object.kind else { return nil }
    return global
  }
}
