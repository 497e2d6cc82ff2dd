// swift-tools-version: 6.2
// The module graph below is the architecture: a module may import what its target lists, no more.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let asyncHTTPClient = Target.Dependency.product(
  name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func systemLibrary(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TributaryTestKit"] + dependencies,
    swiftSettings: strict)
}

let package = Package(
  name: "tributary",
  products: [
    .executable(name: "tributary", targets: ["tributary"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    systemLibrary("CZeroMQ", pkgConfig: "libzmq", apt: "libzmq3-dev"),
    systemLibrary("COneDNN", apt: "libdnnl-dev"),
    systemLibrary("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    systemLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    systemLibrary("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    .target(
      name: "CJPEG", path: "Sources/System/CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .target(name: "CTributaryKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])]),

    library("TributaryCore", [crypto]),
    library("TributaryStorage", ["TributaryCore"]),
    library("TributaryPlan", ["TributaryCore", yams]),
    library("TributaryTensor", ["TributaryCore", "CTributaryKernels", "COneDNN", "COpenBLAS"]),
    library("TributaryNN", ["TributaryCore", "TributaryTensor"]),
    library(
      "TributaryModels",
      ["TributaryCore", "TributaryStorage", "TributaryTensor", "TributaryNN"]),
    library(
      "TributaryData",
      [
        "TributaryCore", "TributaryStorage", "TributaryPlan", "TributaryTensor", "CZlib", "CJPEG",
        "CPNG",
      ]),
    library(
      "TributaryTransfer",
      [
        "TributaryCore", "TributaryStorage", "TributaryPlan", "TributaryTensor", "TributaryNN",
        "TributaryModels", "TributaryData",
      ]),
    library("TributaryFederation", ["TributaryCore", "TributaryPlan", "CTributaryKernels"]),
    library("TributaryWire", ["TributaryCore", protobuf]),
    library(
      "TributaryTransport", ["TributaryCore", "TributaryStorage", "TributaryWire", "CZeroMQ"]),
    library(
      "TributaryCoordinator",
      [
        "TributaryCore", "TributaryStorage", "TributaryPlan", "TributaryFederation",
        "TributaryWire", "TributaryTransport", grdb, logging,
      ]),
    library(
      "TributaryReport",
      [
        "TributaryCore", "TributaryStorage", "TributaryPlan", "TributaryFederation",
        "TributaryCoordinator",
      ]),
    library(
      "TributaryWorker",
      [
        "TributaryCore", "TributaryStorage", "TributaryPlan", "TributaryTensor", "TributaryNN",
        "TributaryModels", "TributaryData", "TributaryTransfer", "TributaryWire",
        "TributaryTransport", logging,
      ]),
    library(
      "TributarySimulation",
      [
        "TributaryCore", "TributaryPlan", "TributaryNN", "TributaryData", "TributaryWire",
        "TributaryCoordinator", "TributaryWorker",
      ]),
    library(
      "TributaryHub",
      ["TributaryCore", "TributaryStorage", asyncHTTPClient, nioCore, nioHTTP1]),
    .executableTarget(
      name: "tributary",
      dependencies: [
        "TributaryCore", "TributaryStorage", "TributaryPlan", "TributaryTensor", "TributaryNN",
        "TributaryModels", "TributaryData", "TributaryTransfer", "TributaryFederation",
        "TributaryTransport",
        "TributaryCoordinator", "TributaryReport", "TributaryWorker", "TributarySimulation",
        "TributaryHub", argumentParser, logging,
      ],
      swiftSettings: strict),

    .target(
      name: "TributaryTestKit", dependencies: ["TributaryCore"], path: "Tests/TributaryTestKit",
      swiftSettings: strict),
    tests("TributaryCore"),
    tests("TributaryStorage"),
    tests("TributaryPlan"),
    tests("TributaryTensor"),
    tests("TributaryNN"),
    tests("TributaryModels"),
    tests("TributaryData", ["TributaryPlan", "TributaryTensor"]),
    tests("TributaryTransfer"),
    tests("TributaryFederation"),
    tests("TributaryWire"),
    tests("TributaryTransport"),
    tests("TributaryCoordinator", ["TributaryWorker", logging]),
    tests("TributaryReport"),
    tests("TributaryWorker", ["TributaryData"]),
    tests("TributarySimulation"),
    tests("TributaryHub", [nioHTTP1]),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests", dependencies: ["tributary", "TributaryCore", "TributaryTestKit"],
      exclude: ["Reference"], swiftSettings: strict),
  ]
)
