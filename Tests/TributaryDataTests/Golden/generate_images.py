"""Writes small PNG and JPEG files and what Pillow makes of them (raw RGB bytes beside each).

Run: python generate_images.py   (Pillow 13, numpy)
"""

import base64
import io
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(7)
height, width = 19, 23

yy, xx = np.mgrid[0:height, 0:width]
smooth = np.stack([yy * 12, xx * 10, 255 - (yy + xx) * 6], axis=-1).astype(np.uint8)
noise = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
rgb = np.where(random.random((height, width, 1)) < 0.2, noise, smooth).astype(np.uint8)
alpha = random.integers(0, 256, (height, width, 1), dtype=np.uint8)


def save(name, image, **options):
    image.save(folder / name, **options)
    expect(name)


def expect(name, pixels=None):
    if pixels is None:
        pixels = np.asarray(Image.open(folder / name).convert("RGB"))
    (folder / (name + ".rgb")).write_bytes(np.ascontiguousarray(pixels).tobytes())


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png16(name, samples, color):
    """A 16-bit PNG; expected are the samples scaled to 8 bits, as libpng defines it."""
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, color, 0, 0, 0)
    (folder / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b""))
    scaled = (samples.astype(np.uint64) * 255 + 32767) // 65535
    if scaled.ndim == 2:
        scaled = np.repeat(scaled[..., None], 3, axis=-1)
    expect(name, scaled[..., :3].astype(np.uint8))


save("rgb.png", Image.fromarray(rgb))
save("rgba.png", Image.fromarray(np.concatenate([rgb, alpha], axis=-1)))
save("grey.png", Image.fromarray(rgb[..., 0]))
save("bilevel.png", Image.fromarray(rgb[..., 0]).convert("1"))
save("palette.png", Image.fromarray(rgb).quantize(16))
png16("rgb16.png", random.integers(0, 65536, (height, width, 3)), 2)
png16("grey16.png", random.integers(0, 65536, (height, width)), 0)
save("baseline.jpg", Image.fromarray(rgb), quality=90)
save("progressive.jpg", Image.fromarray(rgb), quality=80, progressive=True)
save("grey.jpg", Image.fromarray(rgb[..., 0]), quality=85)
save("full.jpg", Image.fromarray(rgb), quality=95, subsampling=0)
Image.fromarray(rgb).convert("CMYK").save(folder / "cmyk.jpg", quality=85)

buffer = io.BytesIO()
Image.fromarray(rgb).save(buffer, "JPEG", quality=90)
(folder / "truncated.jpg").write_bytes(buffer.getvalue()[:-200])
(folder / "truncated.png").write_bytes((folder / "rgb.png").read_bytes()[:-300])

# Resizing: (height, width) of the result, from the RGB picture above.
for new in [(19, 23), (8, 8), (7, 30), (40, 5), (38, 46), (1, 1), (19, 9), (50, 23)]:
    resized = Image.fromarray(rgb).resize((new[1], new[0]), Image.Resampling.BILINEAR)
    (folder / f"resized-{new[0]}x{new[1]}.rgb").write_bytes(np.asarray(resized).tobytes())
(folder / "luma.grey").write_bytes(np.asarray(Image.fromarray(rgb).convert("L")).tobytes())

# Fitting: resized as a pipeline says, then cut or padded to a size; from the RGB picture above.
cases = []


def fit(size, interpolation, crop="even", shorter=None, exact=None, resizes=True):
    image = Image.fromarray(rgb)
    if shorter:
        new = (shorter, int(shorter * width / height)) if height <= width else (int(shorter * height / width), shorter)
    else:
        new = (exact or size) if resizes else (height, width)
    image = image.resize((new[1], new[0]), getattr(Image.Resampling, interpolation.upper()))
    # Hugging Face rounds the border in front up and the cut down, torchvision the border down and the cut half to even.
    pads = [max(0, o - n) for o, n in zip(size, new)]
    front = [(p + 1) // 2 if crop == "down" else p // 2 for p in pads]
    pixels = np.pad(np.asarray(image), [(f, p - f) for f, p in zip(front, pads)] + [(0, 0)])
    cuts = [n - o for n, o in zip(pixels.shape, size)]
    start = [c // 2 if crop == "down" else int(round(c / 2)) for c in cuts]
    pixels = pixels[start[0]:start[0] + size[0], start[1]:start[1] + size[1]]
    target = {"shorterSide": shorter} if shorter else {"exact": list(exact)} if exact else {"stretches": resizes}
    text = base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()
    cases.append({"size": list(size), "interpolation": interpolation, "crop": crop, "target": target, "pixels": text})


for interpolation in ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"):
    for size in [(11, 29), (30, 12), (7, 22), (19, 10), (25, 31), (3, 4)]:
        fit(size, interpolation)
for crop in ("even", "down"):
    for shorter, size in [(16, (12, 12)), (15, (12, 14)), (17, (10, 11)), (8, (13, 6)), (12, (11, 17)), (25, (20, 22)), (9, (12, 14))]:
        fit(size, "bilinear", crop, shorter=shorter)
    fit((12, 12), "bicubic", crop, exact=(15, 13))
    fit((16, 16), "bilinear", crop, resizes=False)
(folder / "fitted.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
