import Testing

/// The walls between the modules, each stated as what is deliberately absent.
@Suite struct InvariantTests {
  @Test func theCoordinatorCannotReadPrivateData() {
    let linked = SourceTree.linked(by: "TributaryCoordinator")
    #expect(linked.contains("TributaryFederation"))
    #expect(linked.isDisjoint(with: ["TributaryData", "TributaryTransfer", "TributaryModels"]))
  }

  @Test func aWorkerCannotAggregate() {
    let linked = SourceTree.linked(by: "TributaryWorker")
    #expect(linked.contains("TributaryTransfer"))
    #expect(linked.isDisjoint(with: ["TributaryFederation", "TributaryCoordinator"]))
  }

  @Test func aModuleImportsOnlyWhatItsTargetLists() {
    #expect(SourceTree.dependencies.count > 10)
    for (module, allowed) in SourceTree.dependencies {
      let ours = Set(SourceTree.dependencies.keys)
      for file in SourceTree.files(of: module) {
        let extra = file.imports.intersection(ours).subtracting(allowed)
        #expect(extra.isEmpty, "\(file.path) imports \(extra.sorted())")
      }
    }
  }

  @Test(arguments: [
    ("CZeroMQ", "TributaryTransport"), ("COneDNN", "TributaryTensor"),
    ("COpenBLAS", "TributaryTensor"), ("CZlib", "TributaryData"), ("CJPEG", "TributaryData"),
    ("CPNG", "TributaryData"), ("GRDB", "TributaryCoordinator"), ("Yams", "TributaryPlan"),
    ("SwiftProtobuf", "TributaryWire"), ("Crypto", "TributaryCore"),
    ("ArgumentParser", "tributary"), ("AsyncHTTPClient", "TributaryHub"),
    ("NIOCore", "TributaryHub"), ("NIOHTTP1", "TributaryHub"),
  ])
  func aLibraryHasOneOwner(library: String, owner: String) {
    let users = Set(SourceTree.files.filter { $0.imports.contains(library) }.map(\.module))
    #expect(users == [owner])
  }

  @Test func onlyTheCommandLineReachesAHub() {
    #expect(SourceTree.dependencies["TributaryHub"] == ["TributaryCore", "TributaryStorage"])
    for module in SourceTree.dependencies.keys {
      #expect(!SourceTree.linked(by: module).contains("TributaryHub"), "\(module)")
    }
    let users = Set(SourceTree.files.filter { $0.imports.contains("TributaryHub") }.map(\.module))
    #expect(users == ["tributary"])
  }

  @Test func decisionsDoNoInputOrOutput() {
    let outside: Set = ["Foundation", "Glibc", "Dispatch", "FoundationEssentials"]
    for module in ["TributaryCore", "TributaryFederation"] {
      for file in SourceTree.files(of: module) {
        #expect(file.imports.isDisjoint(with: outside), "\(file.path)")
      }
    }
  }

  @Test func filesAreMadeDurableInOnePlace() {
    #expect(SourceTree.linked(by: "TributaryStorage") == ["TributaryCore"])
    for file in SourceTree.files where file.module != "TributaryStorage" {
      for call in [
        #/\bfsync\(/#, #/\bmmap\(/#, #/\bflock\(/#, #/options: \.atomic/#,
      ] {
        #expect(file.text.firstMatch(of: call) == nil, "\(file.path)")
      }
    }
  }

  @Test func timeAndRandomnessEnterThroughCore() {
    let sources = [
      #/\bContinuousClock\b/#, #/\bSuspendingClock\b/#, #/\bDate\(\)/#, #/\bDispatchTime\b/#,
      #/clock_gettime/#, #/SystemRandomNumberGenerator/#, #/\.random\(/#, #/\.shuffled\(\)/#,
    ]
    for file in SourceTree.files where file.module != "TributaryCore" {
      for source in sources {
        #expect(file.text.firstMatch(of: source) == nil, "\(file.path)")
      }
    }
  }
}
