internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import TributaryCore

/// Speaks HTTP with a hub: follows redirects itself, because the token is only for the hub.
struct HubClient: Sendable {
  private let client: HTTPClient
  private let settings: HubSettings
  private let userAgent: String
  private let hub: HubOrigin

  typealias Chunks = HTTPClientResponse.Body.AsyncIterator

  struct Answer {
    var status: Int
    var headers: HTTPHeaders
    var body: HTTPClientResponse.Body
    /// Whether it is the hub that answers, not a host it sent us to.
    var isHub: Bool
  }

  /// Runs `body` with a client that is closed afterwards.
  ///
  /// - Throws: `hub.endpoint`.
  static func run<Result: Sendable>(
    _ settings: HubSettings, userAgent: String, _ body: (HubClient) async throws -> Result
  ) async throws -> Result {
    guard let hub = URL(string: settings.endpoint).flatMap(HubOrigin.init) else {
      throw TributaryError(
        "hub.endpoint", "HF_ENDPOINT is not an address: \(settings.endpoint.prefix(120))",
        advice: "it looks like https://huggingface.co")
    }
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: .seconds(15), read: .seconds(60))
    // Tried again by HubRetry, which knows what is worth it.
    configuration.connectionPool.retryConnectionEstablishment = false
    // One file at a time: HTTP/2 would only add its window, which slows distant transfers.
    configuration.httpVersion = .http1Only
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let result = try await body(
        HubClient(client: client, settings: settings, userAgent: userAgent, hub: hub))
      try await client.shutdown()
      return result
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  /// - Parameters:
  ///   - path: below the endpoint, escaped.
  ///   - offset: the first byte wanted.
  ///   - leaves: whether to go where another host has the content; redirects within the hub are followed anyway.
  /// - Throws: `HubFailure`, `CancellationError`.
  func request(
    _ method: HTTPMethod, _ path: String, from offset: Int = 0, leaves: Bool = true
  ) async throws -> Answer {
    guard var url = URL(string: settings.endpoint + path) else {
      throw HubFailure(TributaryError("hub.name", "\(path) cannot be asked for"), mayPass: false)
    }
    var isHub = true
    for _ in 0..<10 {
      let answer = try await send(method, url, from: offset, isHub: isHub)
      guard [301, 302, 303, 307, 308].contains(answer.status),
        let location = answer.headers.first(name: "Location")
      else { return answer }
      let (next, origin) = try self.next(location, after: url)
      // Once somewhere else, no way back to where the token goes.
      let stays = isHub && origin == hub
      if !leaves && !stays { return answer }
      (url, isHub) = (next, stays)
    }
    throw Self.badRedirect("\(hub.host) sends us from place to place without an end")
  }

  private func next(_ location: String, after url: URL) throws -> (URL, HubOrigin) {
    guard let next = URL(string: location, relativeTo: url)?.absoluteURL,
      let origin = HubOrigin(next), let former = HubOrigin(url), former.maySend(to: origin)
    else { throw Self.badRedirect("\(url.host ?? hub.host) sends us to no https address") }
    return (next, origin)
  }

  private func send(
    _ method: HTTPMethod, _ url: URL, from offset: Int, isHub: Bool
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url.absoluteString)
    request.method = method
    request.headers.add(name: "User-Agent", value: userAgent)
    // Lengths and ranges are those of the file itself.
    request.headers.add(name: "Accept-Encoding", value: "identity")
    if offset > 0 { request.headers.add(name: "Range", value: "bytes=\(offset)-") }
    if isHub, let token = settings.token {
      request.headers.add(name: "Authorization", value: "Bearer \(token)")
    }
    do {
      let response = try await client.execute(request, deadline: .distantFuture)
      return Answer(
        status: Int(response.status.code), headers: response.headers, body: response.body,
        isHub: isHub)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw HubFailure(error, host: url.host ?? hub.host)
    }
  }

  private static func badRedirect(_ what: String) -> HubFailure {
    HubFailure(TributaryError("hub.redirect", what, advice: "check HF_ENDPOINT"), mayPass: false)
  }
}
