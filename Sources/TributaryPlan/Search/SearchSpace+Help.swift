extension SearchSpace {
  /// What `transfer: auto` does, for `--help`.
  public static let help = """
    transfer: auto finds method, trainable depth and learning rate by asynchronous successive halving (Li et al. \
    2020): many short trainings begin, the best third of them goes on to one three times as long, and so on up to \
    the run's own length (finetune: local.epochs; simulate: federation.rounds). They are compared on examples \
    held out (data.holdout; a fifth where the run holds none out), never on data.test. OUTPUT/search.csv has all \
    that was tried, OUTPUT/chosen.yaml the run file that won; it is trained at last, as by that file. The same \
    seed makes the same choice however long trainings take; budget.seconds lowers the number of trials alone. \
    --resume goes on. transfer: {auto: {methods: [head, lora], learningRates: [0.01, 0.1], budget: {epochs: \
    30}, eta: 3}} narrows it; in a cluster, run the chosen file.
    """
}
