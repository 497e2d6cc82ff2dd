internal import Foundation
public import TributaryCore

extension RunPlan {
  /// The plan as JSON with sorted keys: equal plans give equal text.
  public var canonicalJSON: String {
    get throws { try PlanJSON.encode(self) }
  }

  /// SHA-256 of `canonicalJSON`.
  public var digest: Digest {
    get throws { Digest(of: try canonicalJSON) }
  }

  /// The plan that `canonicalJSON` wrote.
  public init(canonicalJSON: String) throws {
    self = try PlanJSON.decode(RunPlan.self, from: canonicalJSON)
  }
}

/// JSON of plan values, the same bytes for equal values.
public enum PlanJSON {
  public static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw TributaryError("plan.json", "a plan value cannot be written as JSON", cause: error)
    }
  }

  public static func decode<Value: Decodable>(_ type: Value.Type, from json: String) throws -> Value
  {
    do {
      return try JSONDecoder().decode(type, from: Data(json.utf8))
    } catch {
      throw TributaryError("plan.json", "not a plan value written by this version", cause: error)
    }
  }
}
