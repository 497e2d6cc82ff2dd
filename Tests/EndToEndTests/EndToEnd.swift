import Testing

/// The program as a user runs it: real processes, real sockets on loopback, real encryption.
///
/// One test at a time, because each starts several processes. The program is the `tributary` that was
/// built beside these tests, or `TRIBUTARY_BINARY`.
@Suite("End to end", .serialized) struct EndToEnd {}
