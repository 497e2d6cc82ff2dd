import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryNN

@Suite struct PassTests {
  private let tree: ParameterTree<Tensor> = ["a": Tensor.ones([1])]
  private let frozen: ParameterTree<Tensor> = ["b": Tensor.full([1], 2)]

  @Test func findsTensorsInBothTrees() throws {
    let pass = Pass(parameters: tree, frozen: frozen)
    #expect(try pass("a").floats() == [1])
    #expect(try pass("b").floats() == [2])
    let error = #expect(throws: TributaryError.self) { try pass("c") }
    #expect(error?.code == "model.tensor")
  }

  @Test func capturesWhatItIsAskedFor() {
    let pass = Pass(parameters: tree, capturing: ["layer1"])
    pass.capture("layer1", .full([1], 3))
    pass.capture("layer2", .full([1], 4))
    #expect(pass.captured.mapValues { $0.floats() } == ["layer1": [3]])
  }

  @Test func knowsWhatTrains() throws {
    let pass = Pass(parameters: tree, frozen: frozen, mode: .training(trainable: ["a"]))
    _ = try pass("b")
    #expect(!pass.isAboveTrainable)
    _ = try pass("a")
    #expect(pass.isAboveTrainable)
    #expect(pass.isTrainable("a") && !pass.isTrainable("b"))
    #expect(!Pass(parameters: tree).isTrainable("a"))
  }
}
