/// The instructions of a pickle, under the names that Python's `pickletools` gives them.
///
/// Those of protocols 2 to 5 that picklers emit. `INST`, `OBJ`, `EXT1` and the like, and protocol 0's text,
/// are not here and so refused.
enum PickleOpcode: UInt8 {
  case mark = 0x28  // (
  case stop = 0x2e  // .
  case pop = 0x30  // 0
  case popMark = 0x31  // 1
  case duplicate = 0x32  // 2
  case proto = 0x80
  case frame = 0x95

  case none = 0x4e  // N
  case newTrue = 0x88
  case newFalse = 0x89
  case binaryInteger = 0x4a  // J
  case binaryInteger1 = 0x4b  // K
  case binaryInteger2 = 0x4d  // M
  case long1 = 0x8a
  case long4 = 0x8b
  case binaryFloat = 0x47  // G
  case binaryUnicode = 0x58  // X
  case shortBinaryUnicode = 0x8c
  case binaryUnicode8 = 0x8d
  case binaryString = 0x54  // T
  case shortBinaryString = 0x55  // U
  case binaryBytes = 0x42  // B
  case shortBinaryBytes = 0x43  // C
  case binaryBytes8 = 0x8e
  case byteArray8 = 0x96

  case emptyList = 0x5d  // ]
  case append = 0x61  // a
  case appends = 0x65  // e
  case emptyTuple = 0x29  // )
  case tuple = 0x74  // t
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyDictionary = 0x7d  // }
  case setItem = 0x73  // s
  case setItems = 0x75  // u
  case emptySet = 0x8f
  case addItems = 0x90
  case frozenSet = 0x91

  case binaryPut = 0x71  // q
  case longBinaryPut = 0x72  // r
  case memoize = 0x94
  case binaryGet = 0x68  // h
  case longBinaryGet = 0x6a  // j

  case global = 0x63  // c
  case stackGlobal = 0x93
  case persistentID = 0x51  // Q
  case reduce = 0x52  // R
  case newObject = 0x81
  case build = 0x62  // b
}
