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

  /// An answer, and what the hub said on the way to it.
  struct Answer {
    var status: Int
    /// Of the hub itself, before it sent us elsewhere.
    var first: HTTPHeaders
    var headers: HTTPHeaders
    var body: HTTPClientResponse.Body
  }

  /// Runs `body` with a client that is closed afterwards.
  static func run<Result: Sendable>(
    _ settings: HubSettings, userAgent: String, _ body: (HubClient) async throws -> Result
  ) async throws -> Result {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.timeout = .init(connect: .seconds(15), read: .seconds(60))
    // Tried again here, where it is known what is worth it.
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    do {
      let result = try await body(
        HubClient(client: client, settings: settings, userAgent: userAgent))
      try await client.shutdown()
      return result
    } catch {
      try? await client.shutdown()
      throw error
    }
  }

  /// - Parameters:
  ///   - path: below the endpoint, escaped.
  ///   - follows: whether to go where another host has the content; redirects within the hub always are.
  /// - Throws: `hub.network` where nothing answers, `hub.redirect`.
  func request(
    _ method: HTTPMethod, _ path: String, from offset: Int = 0, follows: Bool = true
  ) async throws -> Answer {
    guard let hub = URL(string: settings.endpoint), let host = hub.host,
      ["http", "https"].contains(hub.scheme), var url = URL(string: settings.endpoint + path)
    else {
      throw TributaryError(
        "hub.endpoint", "HF_ENDPOINT is not an address: \(settings.endpoint.prefix(120))",
        advice: "it looks like https://huggingface.co")
    }
    var first: HTTPHeaders?
    for _ in 0..<10 {
      let isHub = url.scheme == hub.scheme && url.host == host && url.port == hub.port
      var request = HTTPClientRequest(url: url.absoluteString)
      request.method = method
      request.headers.add(name: "User-Agent", value: userAgent)
      request.headers.add(name: "Accept-Encoding", value: "identity")
      if offset > 0 { request.headers.add(name: "Range", value: "bytes=\(offset)-") }
      if isHub, let token = settings.token {
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
      }
      let response = try await send(request, to: url.host ?? host)
      let known = (first ?? HTTPHeaders()).merging(response.headers)
      let answer = Answer(
        status: Int(response.status.code), first: known, headers: response.headers,
        body: response.body)
      guard (301...308).contains(answer.status), answer.status != 304,
        let location = response.headers.first(name: "Location")
      else { return answer }
      first = known
      guard let next = URL(string: location, relativeTo: url)?.absoluteURL,
        next.scheme == "https" || next.scheme == "http" && url.scheme == "http"
      else {
        throw TributaryError("hub.redirect", "\(url.host ?? host) sends us to no https address")
      }
      let leaves = next.host != host || next.port != hub.port || next.scheme != hub.scheme
      if leaves && !follows { return answer }
      url = next
    }
    throw TributaryError("hub.redirect", "\(host) sends us from place to place without an end")
  }

  private func send(
    _ request: HTTPClientRequest, to host: String
  ) async throws -> HTTPClientResponse {
    do {
      return try await client.execute(request, deadline: .distantFuture)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw Self.networkError(error, host: host)
    }
  }

  static func networkError(_ error: any Error, host: String) -> TributaryError {
    TributaryError(
      "hub.network", "\(host) cannot be reached, or the connection broke",
      advice:
        "check the network; what has come stays, and the next pull goes on from there",
      cause: TributaryError("hub.network", "\(error)"))
  }
}

extension HTTPHeaders {
  /// These, with those of `other` that these lack.
  fileprivate func merging(_ other: HTTPHeaders) -> HTTPHeaders {
    var merged = self
    for (name, value) in other where !contains(name: name) { merged.add(name: name, value: value) }
    return merged
  }
}
