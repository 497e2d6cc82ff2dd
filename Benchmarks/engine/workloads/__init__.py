"""The workloads of `tributary bench`, in PyTorch: the same model, batch and optimiser."""

from dataclasses import dataclass
from typing import Callable

from . import backbones, mobilenet, recurrent, text, vision
from .step import Step


@dataclass(frozen=True)
class Workload:
    """How PyTorch does one workload, in every way that is worth a try."""

    make: Callable[[str], Step]
    """From a variant's name to the step to be timed."""
    variants: tuple[str, ...]
    """Ways to do the same training, of which the fastest counts."""
    steps: int
    """Timed steps of one pass."""


LAYOUTS = ("nchw", "nhwc")

WORKLOADS = {
    "fedavg-2nn": Workload(vision.fedavg_2nn, ("nchw",), 600),
    "fedavg-cnn": Workload(vision.fedavg_cnn, LAYOUTS, 60),
    "cifar-resnet20": Workload(vision.cifar_resnet20, LAYOUTS, 20),
    "resnet18": Workload(backbones.resnet18, LAYOUTS, 6),
    "resnet18-frozen": Workload(backbones.resnet18_frozen, LAYOUTS, 6),
    # PyTorch has no cache of features: its later epochs are as its first.
    "resnet18-cached": Workload(backbones.resnet18_frozen, LAYOUTS, 6),
    "mobilenetv2": Workload(mobilenet.mobilenetv2, LAYOUTS, 6),
    "mobilenetv2-frozen": Workload(mobilenet.mobilenetv2_frozen, LAYOUTS, 6),
    "char-lstm": Workload(recurrent.char_lstm, recurrent.ORDERS, 20),
    "minilm-32": Workload(lambda variant: text.minilm(variant, tokens=32), text.ATTENTION, 6),
    "minilm-64": Workload(lambda variant: text.minilm(variant, tokens=64), text.ATTENTION, 4),
    "minilm-32-lora": Workload(
        lambda variant: text.minilm_lora(variant, tokens=32), text.ATTENTION, 6),
    "minilm-32-frozen": Workload(
        lambda variant: text.minilm_frozen(variant, tokens=32), text.ATTENTION, 6),
}
