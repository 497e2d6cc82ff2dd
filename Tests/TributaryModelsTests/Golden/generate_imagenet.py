"""Writes imagenet.safetensors: what published ImageNet networks, written down here as their checkpoints are, make of real images.

MobileNetV2 of Google (batch norm folded) and of Keras (no classifier), SqueezeNet of its authors (Caffe). The images are the first 80
validation images of 96x96 ants and bees, each pixel doubled to 192x192: their classes for all, the logits (or Keras'
features) of four. Also prints the accuracy on the JPEG files at the networks' own size, to be compared with what the weights' notice says.
Needs: torch safetensors pillow. Run: python generate_imagenet.py SHARED_DATA
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import load_file, save_file

here, shared = pathlib.Path(__file__).parent, pathlib.Path(sys.argv[1])
torch.set_num_threads(1)
STAGES = [(1, 1), (2, 2), (3, 2), (4, 2), (3, 1), (3, 2), (1, 1)]  # blocks, stride


def same(x, kernel, stride):
    """TensorFlow's SAME padding, the odd row and column at the far side."""
    padding = []
    for extent in (x.shape[3], x.shape[2]):
        total = max(0, (-(-extent // stride) - 1) * stride + kernel - extent)
        padding += [total // 2, total - total // 2]
    return F.pad(x, padding)


def mobilenet(x, layer):
    """layer(name of the part, x, stride, groups, whether relu6 follows)"""
    x = layer("first", x, 2, 1, True)
    index = 0
    for blocks, stride in STAGES:
        for member in range(blocks):
            y = layer((index, "expand"), x, 1, 1, True) if index else x
            y = layer((index, "depthwise"), y, stride if member == 0 else 1, y.shape[1], True)
            y = layer((index, "project"), y, 1, 1, False)
            x = x + y if member else y
            index += 1
    return layer("last", x, 1, 1, True).mean((2, 3))


def slim(pixels):
    w = load_file(shared / "weights/mobilenetv2_1.0_224_imagenet_bnfolded.safetensors")

    def layer(part, x, stride, groups, clipped):
        if isinstance(part, tuple):
            name = f"expanded_conv_{part[0]}/{part[1]}" if part[0] else f"expanded_conv/{part[1]}"
        else:
            name = {"first": "Conv", "last": "Conv_1"}[part]
        weight = w[f"MobilenetV2/{name}/weights"]
        y = F.conv2d(same(x, weight.shape[2], stride), weight, w[f"MobilenetV2/{name}/bias"], stride, groups=groups)
        return y.clip(0, 6) if clipped else y

    features = mobilenet(pixels * 2 - 1, layer)
    return F.linear(features, w["MobilenetV2/Logits/Conv2d_1c_1x1/weights"][:, :, 0, 0], w["MobilenetV2/Logits/Conv2d_1c_1x1/bias"])


def keras(pixels):
    w = load_file(shared / "weights/mobilenetv2_0.35_224_imagenet_notop.safetensors")

    def layer(part, x, stride, groups, clipped):
        if isinstance(part, tuple):
            name = f"block_{part[0]}_{part[1]}" if part[0] else f"expanded_conv_{part[1]}"
            norm = f"{name}_BN"
            weight = w[f"{name}/depthwise_kernel" if part[1] == "depthwise" else f"{name}/kernel"]
        else:
            name, norm = {"first": ("Conv1", "bn_Conv1"), "last": ("Conv_1", "Conv_1_bn")}[part]
            weight = w[f"{name}/kernel"]
        y = F.conv2d(same(x, weight.shape[2], stride), weight, None, stride, groups=groups)
        y = F.batch_norm(y, w[f"{norm}/moving_mean"], w[f"{norm}/moving_variance"], w[f"{norm}/gamma"], w[f"{norm}/beta"], eps=1e-3)
        return y.clip(0, 6) if clipped else y

    return mobilenet(pixels * 2 - 1, layer)


def squeezenet(pixels):
    w = load_file(shared / "weights/squeezenet1_0_imagenet.safetensors")
    x = pixels.flip(1) * 255 - torch.tensor([104.0, 117, 123])[:, None, None]

    def layer(name, x, stride=1, padding=0):
        return F.conv2d(x, w[f"{name}.weight"], w[f"{name}.bias"], stride, padding).relu()

    def pool(x):
        return F.max_pool2d(x, 3, 2, ceil_mode=True)

    x = pool(layer("conv1", x, 2))
    for fire in range(2, 10):
        y = layer(f"fire{fire}/conv1x1_1", x)
        x = torch.cat([layer(f"fire{fire}/conv1x1_2", y), layer(f"fire{fire}/conv3x3_2", y, padding=1)], 1)
        if fire in (4, 8):
            x = pool(x)
    return layer("conv_final", x).mean((2, 3))


raw = np.fromfile(shared / "hymenoptera/hymenoptera96-val-images-idx4-ubyte", dtype=np.uint8)[20:].reshape(-1, 96, 96, 3)
chosen = raw[:80].repeat(2, axis=1).repeat(2, axis=2)
pixels = torch.from_numpy(chosen).permute(0, 3, 1, 2).float() / 255
out = {}
with torch.no_grad():
    for name, network in (("mobilenet", slim), ("squeezenet", squeezenet)):
        logits = torch.cat([network(part) for part in pixels.split(20)])
        out[f"{name}.classes"] = logits.argmax(1).int()
        out[f"{name}.logits"] = logits[[0, 39, 40, 79]].clone()
        top = logits.topk(2).values
        print(name, "smallest margin", float((top[:, 0] - top[:, 1]).min()))
    out["keras.features"] = keras(pixels[[0, 39, 40, 79]])
    save_file(out, here / "imagenet.safetensors")

    for name, network, shift, side in (("mobilenet", slim, 1, 224), ("squeezenet", squeezenet, 0, 227)):
        hits, near, count = 0, 0, 0
        for kind, label in (("ants", 310), ("bees", 309)):
            for path in sorted((shared / f"hymenoptera/val/{kind}").iterdir())[:40]:
                image = Image.open(path).convert("RGB")
                # The shorter side to 256, then the middle: the whole middle square alone costs MobileNetV2 8 points of top-5.
                width, height = (round(extent * 256 / min(image.size)) for extent in image.size)
                left, top = (width - side) // 2, (height - side) // 2
                image = image.resize((width, height), Image.BILINEAR).crop((left, top, left + side, top + side))
                logits = network(torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 255)[0]
                best = (logits.topk(5).indices - shift).tolist()
                hits, near, count = hits + (best[0] == label), near + (label in best), count + 1
        print(f"{name} {side}: top-1 {hits / count:.3f}, top-5 {near / count:.3f} of {count}")
