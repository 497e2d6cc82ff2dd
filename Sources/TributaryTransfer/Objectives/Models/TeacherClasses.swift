/// How many classes another model may have that a run's model learns from.
public enum TeacherClasses: Sendable {
  /// As many as the run's model.
  case same
  /// The run's first ones.
  case atMost
  /// Its classes are not looked at.
  case any

  func allows(_ teacher: Int, student: Int) -> Bool {
    switch self {
    case .same: teacher == student
    case .atMost: teacher <= student
    case .any: true
    }
  }
}
