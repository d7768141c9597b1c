#!/usr/bin/env python3
"""Writes test/golden/sounds.json: sound files with the samples that libsndfile reads, and resampled signals of scipy.

Needs numpy, scipy and soundfile (libsndfile 1.2):  python3 scripts/golden/make-sounds.py
"""

import base64
import io
import json
import os
from math import gcd

import numpy as np
import scipy.signal
import soundfile

rng = np.random.default_rng(40)


def signal(frames, channels, rate):
    t = np.arange(frames) / rate
    tones = [0.4 * np.sin(2 * np.pi * 440 * (c + 1) * t) for c in range(channels)]
    return np.stack(tones, axis=1) + 0.02 * rng.standard_normal((frames, channels))


def stored(x, rate, container, subtype, keep):
    """A file, and every `keep`-th sample of each channel as libsndfile reads it."""
    file = io.BytesIO()
    soundfile.write(file, x, rate, format=container, subtype=subtype)
    content = file.getvalue()
    read, its = soundfile.read(io.BytesIO(content), dtype="float64", always_2d=True)
    return {
        "name": f"{container} {subtype}, {x.shape[1]} channels, {rate}",
        "file": base64.b64encode(content).decode(),
        "rate": its,
        "frames": len(read),
        "keep": keep,
        "channels": [[float(f"{v:.9g}") for v in read[::keep, c]] for c in range(read.shape[1])],
    }


wav = [
    stored(signal(40, channels, rate), rate, container, subtype, 1)
    for container, subtype, channels, rate in [
        ("WAV", "PCM_U8", 1, 8000),
        ("WAV", "PCM_16", 2, 44100),
        ("WAV", "PCM_24", 1, 48000),
        ("WAV", "PCM_32", 2, 22050),
        ("WAV", "FLOAT", 1, 16000),
        ("WAV", "DOUBLE", 2, 16000),
        ("WAV", "ALAW", 1, 8000),
        ("WAV", "ULAW", 1, 8000),
        ("WAVEX", "PCM_16", 3, 16000),
        ("WAVEX", "PCM_24", 2, 96000),
        ("WAVEX", "FLOAT", 1, 384000),
        ("RF64", "PCM_16", 1, 16000),
    ]
]

codecs = [
    stored(signal(frames, channels, rate), rate, container, subtype, 53)
    for container, subtype, channels, rate, frames in [
        ("FLAC", "PCM_S8", 1, 8000, 2000),
        ("FLAC", "PCM_16", 2, 44100, 3000),
        ("FLAC", "PCM_24", 1, 48000, 3000),
        ("MP3", "MPEG_LAYER_III", 1, 22050, 4000),
        ("MP3", "MPEG_LAYER_III", 2, 44100, 6000),
        ("OGG", "VORBIS", 1, 16000, 4000),
        ("OGG", "VORBIS", 2, 44100, 6000),
        ("OGG", "OPUS", 1, 48000, 6000),
        ("OGG", "OPUS", 2, 48000, 6000),
    ]
]


def taps(up, down):
    """The windowed sinc of src/data/sounds/resample.ts: Kaiser 8.6, 16 zero crossings, pass band 0.9, each phase of sum 1."""
    slower = max(up, down)
    reach = 16 * slower / 0.9
    d = np.arange(-int(reach), int(reach) + 1)
    h = np.sinc(0.9 * d / slower) * np.i0(8.6 * np.sqrt(1 - (d / reach) ** 2))
    for phase in range(up):
        of = (d % up) == phase
        h[of] /= h[of].sum()
    return h


def resampled(source, target):
    x = signal(300, 1, source)[:, 0].astype(np.float32)
    up, down = target // gcd(source, target), source // gcd(source, target)
    # resample_poly multiplies the window by `up`.
    y = scipy.signal.resample_poly(x.astype(np.float64), up, down, window=taps(up, down) / up)
    return {"from": source, "to": target, "x": [float(v) for v in x], "y": [float(f"{v:.9g}") for v in y]}


rates = [
    resampled(source, target)
    for source, target in [(8000, 16000), (11025, 16000), (22050, 16000), (44100, 16000), (48000, 16000), (16000, 8000)]
]

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "../../test/golden/sounds.json"), "w") as out:
    json.dump({"wav": wav, "codecs": codecs, "resampled": rates}, out)
