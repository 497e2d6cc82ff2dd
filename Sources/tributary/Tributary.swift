import ArgumentParser

@main
struct Tributary: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tributary",
    abstract: "Federated transfer learning: fine-tune one pretrained model where the data is.",
    discussion: """
      A coordinator sends a pretrained backbone to workers; each fine-tunes it on data that never \
      leaves its machine and returns what changed; the coordinator adds the changes up, exactly, \
      and goes again.

      EXAMPLES
        tributary simulate run.yaml --output runs/first       a whole federation on this machine
        tributary finetune run.yaml --output runs/alone       the same on all data in one place
        tributary keygen keys --name clinic-a                 keys for a coordinator and a worker
        tributary coordinator run.yaml --bind tcp://0.0.0.0:7077 --keys keys --output runs/lan
        tributary worker --connect tcp://10.0.0.5:7077 --name clinic-a --keys clinic-a --data scans
        tributary evaluate runs/lan/model --data scans-test
      """,
    version: Version.text,
    subcommands: [
      Simulate.self, RunCoordinator.self, RunWorker.self, Finetune.self, SequenceCommand.self,
      Partition.self,
      Report.self, Evaluate.self, Adapt.self, Predict.self, Generate.self, Features.self,
      Select.self, Align.self, Fisher.self, Inspect.self, Convert.self, Pull.self, Keygen.self,
      Bench.self,
    ])

  static func main() async {
    SignalTrap.endsAtOnce()
    await main(nil)
  }
}

enum Version {
  static let number = "0.1.0"
  static let text = "tributary \(number)"
}
