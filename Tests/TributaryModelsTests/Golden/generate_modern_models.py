"""As generate_models.py, for DenseNet, Inception, EfficientNet, ConvNeXt and vision transformers.

Needs: torch torchvision timm safetensors. Run: python generate_modern_models.py [CASE...]
"""

import sys

import torch

from image_cases import ImageCases
from torchvision_models import torchvision, vision
import timm  # behind torchvision_models, which lets it import torchvision

torch.manual_seed(0)
torch.set_num_threads(1)


def inception(channels, size, classes, dropout=0.5):
    """With the auxiliary classifier where the images are large enough for it."""
    return torchvision.models.inception_v3(num_classes=classes, init_weights=False, dropout=dropout, aux_logits=size > 200)


def vit(name):
    return lambda channels, size, classes, **settings: timm.create_model(name, num_classes=classes, img_size=size, **settings)


cases = ImageCases({
    "densenet121": (vision("densenet121"), r"features\.(pool0|denseblock\d|transition\d)"), "inception_v3": (inception, r"Mixed_\w+"),
    "efficientnet_b0": (vision("efficientnet_b0"), r"features\.\d"), "convnext_tiny": (vision("convnext_tiny"), r"features\.\d"),
    **{n: (vit(n), r"blocks\.\d+") for n in (f"vit_{s}_patch16_224" for s in ("tiny", "small", "base"))},
}, sys.argv[1:])
cases.add("densenet121", "densenet121", 3, 64, 5, 3, limit=6, cleared=True)
cases.add("inception_v3", "inception_v3", 3, 107, 4, 3, limit=6, cleared=True, dropout=0.0)
cases.add("efficientnet_b0", "efficientnet_b0", 3, 48, 5, 4, limit=32, dropout=0.0, stochastic_depth=0.0)
cases.add("convnext_tiny", "convnext_tiny", 3, 64, 5, 2, limit=64, stochastic_depth=0.0)
cases.add("convnext_tiny-grey", "convnext_tiny", 1, 37, 3, 3, limit=16, stochastic_depth=0.0)
cases.add("vit_tiny_patch16_224", "vit_tiny_patch16_224", 3, 48, 5, 3, limit=64)
cases.add("vit_small_patch16_224", "vit_small_patch16_224", 3, 32, 5, 3, depth=2)
cases.add("vit_base_patch16_224", "vit_base_patch16_224", 3, 32, 3, 2, depth=2)
cases.write()
