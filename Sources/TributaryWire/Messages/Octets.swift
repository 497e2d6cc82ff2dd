internal import FoundationEssentials

extension [UInt8] {
  /// These octets as the type that generated code stores `bytes` fields in.
  var protobuf: Data { Data(self) }
}
