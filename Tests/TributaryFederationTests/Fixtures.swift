import TributaryCore
import TributaryFederation
import TributaryPlan

/// Values for tests, drawn from addresses.
enum Fixture {
  static let key = RandomKey(seed: 0x7_1b07)

  /// Deltas such as training gives: two weights, a buffer and a counter.
  static func delta(_ key: RandomKey, scale: Float = 0.05) -> ParameterTree<HostTensor> {
    var stream = key.generator
    func values(_ count: Int, _ scale: Float) -> [Float] {
      (0..<count).map { _ in (stream.uniform() - 0.5) * scale * (stream.uniform() < 0.1 ? 1e-6 : 1)
      }
    }
    return [
      "conv.weight": HostTensor(values(5 * 7 * 3, scale), shape: [5, 7, 3]),
      "fc.bias": HostTensor(values(11, scale * 20), shape: [11]),
      "norm.running_var": HostTensor(values(5, scale), shape: [5]),
      "norm.count": counter(Int64(stream.below(1000))),
    ]
  }

  static func counter(_ value: Int64) -> HostTensor {
    guard let tensor = try? HostTensor(dtype: .int64, shape: [], bytes: Bytes(copying: [value]))
    else { preconditionFailure("a scalar of 8 bytes") }
    return tensor
  }

  static func deltas(_ count: Int, at label: String) -> [ParameterTree<HostTensor>] {
    (0..<count).map { delta(key.at(label).at($0)) }
  }

  static func weights(_ count: Int) -> [Int] {
    var stream = key.at("weights").generator
    return (0..<count).map { _ in 1 + stream.below(700) }
  }

  static func clients(_ count: Int) -> [ClientID] { (0..<count).map(ClientID.init(index:)) }
}
