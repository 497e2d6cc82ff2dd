internal import TributaryCore

/// The names that a PyTorch checkpoint may use; every other is refused.
enum TorchGlobal: Equatable {
  case orderedDictionary
  /// `torch.Size`: its argument.
  case size
  /// `set(list)`, as protocol 2 has it: a list of its items.
  case set
  case device
  /// A storage class, with its elements' type.
  case storage(DType)
  /// `torch.float32`
  case dtype(DType)
  /// `_rebuild_tensor(storage, offset, size, stride, ...)`
  case tensor
  /// The same with the type as seventh argument, over untyped bytes.
  case typedTensor
  /// `_rebuild_parameter(tensor, ...)`
  case parameter

  init?(_ name: String) {
    if let found = Self.names[name] {
      self = found
    } else {
      return nil
    }
  }

  private static let names: [String: TorchGlobal] = {
    var names: [String: TorchGlobal] = [
      "collections.OrderedDict": .orderedDictionary, "torch.Size": .size, "torch.device": .device,
      "__builtin__.set": .set, "builtins.set": .set,
      "torch._utils._rebuild_tensor": .tensor, "torch._utils._rebuild_tensor_v2": .tensor,
      "torch._utils._rebuild_tensor_v3": .typedTensor,
      "torch._utils._rebuild_parameter": .parameter,
      "torch._utils._rebuild_parameter_with_state": .parameter,
      "torch.storage.UntypedStorage": .storage(.uint8), "torch.UntypedStorage": .storage(.uint8),
    ]
    let storages: [(String, DType)] = [
      ("Float", .float32), ("Double", .float64), ("Half", .float16), ("BFloat16", .bfloat16),
      ("Char", .int8), ("Byte", .uint8), ("Short", .int16), ("Int", .int32), ("Long", .int64),
      ("Bool", .bool),
    ]
    for (name, dtype) in storages { names["torch.\(name)Storage"] = .storage(dtype) }
    let dtypes: [(String, DType)] = [
      ("float32", .float32), ("float64", .float64), ("float16", .float16),
      ("bfloat16", .bfloat16), ("int8", .int8), ("uint8", .uint8), ("int16", .int16),
      ("uint16", .uint16), ("int32", .int32), ("uint32", .uint32), ("int64", .int64),
      ("uint64", .uint64), ("bool", .bool),
    ]
    for (name, dtype) in dtypes { names["torch.\(name)"] = .dtype(dtype) }
    return names
  }()
}
