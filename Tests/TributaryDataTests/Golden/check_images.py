"""Writes what torchvision's evaluation pipeline makes of real photographs, for Tributary to be compared with.

Run: python check_images.py OUT CIFAR_TEST_BIN CIFAR_COUNT PHOTOGRAPH...
OUT.pixels gets uint8 [count, 3, 224, 224], the photographs first, then the first CIFAR images: the shorter side to 256, the centre
224; OUT.floats the normalised tensors of every 50th. Needs Pillow and torch; torchvision's own transforms where it is there.
"""

import importlib.util
import pathlib
import re
import sys

import numpy as np
import torch
from PIL import Image

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
found = importlib.util.find_spec("torchvision")
if found:
    # Its operators may be built for another torch; the transforms of Pillow images need none.
    try:
        import torchvision  # noqa: F401
    except Exception:
        for name in [n for n in sys.modules if n.startswith("torchvision")]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "FRAGMENT")
        text = (pathlib.Path(found.submodule_search_locations[0]) / "_meta_registrations.py").read_text()
        for name in set(re.findall(r"register_fake\(.torchvision::(\w+)", text)):
            try:
                library.define(name + "(Tensor x) -> Tensor")
            except RuntimeError:
                pass
    from torchvision import transforms

    geometry = transforms.Compose([transforms.Resize(256), transforms.CenterCrop(224)])
    normalize = transforms.Compose([transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)])
else:

    def geometry(image):
        width, height = image.size
        short = min(width, height)
        width, height = (256, int(256 * height / width)) if width == short else (int(256 * width / height), 256)
        left, top = int(round((width - 224) / 2)), int(round((height - 224) / 2))
        return image.resize((width, height), Image.Resampling.BILINEAR).crop((left, top, left + 224, top + 224))

    def normalize(image):
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float().div(255)
        return (pixels - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)


def images():
    for path in sys.argv[4:]:
        with Image.open(path) as image:
            yield image.convert("RGB")
    records = np.fromfile(sys.argv[2], dtype=np.uint8).reshape(-1, 3073)[: int(sys.argv[3])]
    for record in records:
        yield Image.fromarray(record[1:].reshape(3, 32, 32).transpose(1, 2, 0))


with open(sys.argv[1] + ".pixels", "wb") as pixels, open(sys.argv[1] + ".floats", "wb") as floats:
    for index, image in enumerate(images()):
        fitted = geometry(image)
        pixels.write(np.ascontiguousarray(np.asarray(fitted).transpose(2, 0, 1)).tobytes())
        if index % 50 == 0:
            floats.write(normalize(fitted).numpy().tobytes())
print("torchvision" if found else "Pillow alone")
