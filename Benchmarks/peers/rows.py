"""What is compared: one line of the table each."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """A federation of FedAvg with one local epoch of plain SGD."""

    name: str
    model: str
    rounds: int
    clients: int = 100
    per_round: int = 10
    batch: int = 10
    learning_rate: float = 0.05
    # What counts: the seconds of a round after the first, or of the whole run.
    counts_whole_run: bool = False
    # How many parameters clients return unchanged, instead of training.
    null_parameters: int = 0

    @property
    def settings(self):
        return asdict(self)

    def quick(self):
        return Row(**{**self.settings, "rounds": 3})


ROWS = {
    row.name: row
    for row in [
        Row("2nn", "fedavg-2nn", rounds=15),
        Row("cnn", "fedavg-cnn", rounds=5),
        Row("null", "logistic-regression", rounds=8, clients=100, per_round=100,
            null_parameters=1_000_010),
        Row("lr", "logistic-regression", rounds=100, clients=1000, learning_rate=0.03,
            counts_whole_run=True),
    ]
}
