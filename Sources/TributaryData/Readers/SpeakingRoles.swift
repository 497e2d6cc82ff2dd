internal import TributaryCore

/// A play as its speaking roles: a speech begins with a line `NAME:` after an empty line, or at the
/// beginning. As in McMahan et al. 2017 a role is a client.
enum SpeakingRoles {
  struct Role {
    var name: String
    /// What it says, the lines of all its speeches.
    var lines: [String] = []
  }

  /// The roles in the order in which they first speak.
  ///
  /// - Throws: `data.ids` where no line is a role's name.
  static func roles(_ lines: [String], _ path: String) throws -> [Role] {
    var roles: [Role] = []
    var places: [String: Int] = [:]
    var current: Int?
    var isAfterEmpty = true
    for line in lines {
      if isAfterEmpty, let name = name(line) {
        let place = places[name, default: roles.count]
        if place == roles.count { roles.append(Role(name: name)) }
        places[name] = place
        current = place
      } else if let current, !line.isEmpty {
        roles[current].lines.append(line)
      }
      isAfterEmpty = line.isEmpty
    }
    guard !roles.isEmpty else {
      throw TributaryError(
        "data.ids", "\(path): no line \"NAME:\" after an empty line, so nobody is known to speak",
        advice: "the partition natural-id divides running text by speaking role")
    }
    return roles
  }

  private static func name(_ line: String) -> String? {
    line.count > 1 && line.hasSuffix(":") ? String(line.dropLast()) : nil
  }
}
