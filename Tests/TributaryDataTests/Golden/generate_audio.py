"""Writes audio.json: what torchaudio's MFCC, and MelSpectrogram with AmplitudeToDB, make of short made-up recordings.

A recording is a few falling tones with noise, as 16-bit samples. "normalized" is the same with each row's mean taken off and divided by
its deviation over the frames. Needs: torch torchaudio. Run: python generate_audio.py
"""

import json
import math
import pathlib

import torch
import torchaudio

here = pathlib.Path(__file__).parent


def recording(rate, samples, seed):
    generator = torch.Generator().manual_seed(seed)
    time = torch.arange(samples, dtype=torch.float64) / rate
    tones = sum(torch.sin(2 * math.pi * (f * time - f * time**2)) / k for k, f in enumerate((180, 420, 1100, 2900), 1))
    sound = 0.3 * tones * torch.hann_window(samples, dtype=torch.float64) + 0.002 * torch.randn(samples, generator=generator, dtype=torch.float64)
    return (sound.clamp(-1, 1) * 32767).round().to(torch.int16)


def case(features, rate, samples, bands, coefficients, window, hop):
    """window and hop in milliseconds, as in run.yaml."""
    sound = recording(rate, samples, samples)
    length, step = round(window * rate / 1000), round(hop * rate / 1000)
    size = 2 ** math.ceil(math.log2(length))
    waveform = sound.double() / 32768
    # torchaudio mirrors the ends, which must be there.
    waveform = torch.nn.functional.pad(waveform, (0, max(0, size // 2 + 1 - samples)))[None]
    arguments = dict(n_fft=size, win_length=length, hop_length=step, n_mels=bands)
    if features == "mfcc":
        transform = torchaudio.transforms.MFCC(sample_rate=rate, n_mfcc=coefficients, melkwargs=arguments)
    else:
        transform = torch.nn.Sequential(
            torchaudio.transforms.MelSpectrogram(sample_rate=rate, **arguments), torchaudio.transforms.AmplitudeToDB("power", top_db=80))
    found = transform.double()(waveform)[0]
    normalized = (found - found.mean(1, keepdim=True)) / found.std(1, correction=0, keepdim=True)
    return dict(
        features=features, sampleRate=rate, bands=bands, coefficients=coefficients, windowMilliseconds=window, hopMilliseconds=hop,
        samples=sound.tolist(), frames=found.shape[1], expected=[round(v, 5) for v in found.flatten().tolist()],
        normalized=[round(v, 5) for v in normalized.flatten().tolist()])


cases = [
    case("mfcc", 8000, 1600, 23, 13, 25, 10), case("log-mel", 16000, 2400, 40, 1, 25, 10),
    case("mfcc", 22050, 3000, 40, 20, 46, 23), case("mfcc", 8000, 90, 16, 8, 32, 8),
]
(here / "audio.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
