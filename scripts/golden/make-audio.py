#!/usr/bin/env python3
"""Writes test/golden/audio.json: log-mel frames and their statistics, step by step in float64.

    python3 scripts/golden/make-audio.py      (needs numpy)
"""
import json, pathlib
import numpy as np

RATE, LENGTH, HOP, FFT, BANDS = 16000, 400, 160, 512, 64


def signal(n):
    """A tone, a sweep and an offset; the test makes the same one."""
    i = np.arange(n)
    return (0.3 * np.sin(0.05 * i) + 0.2 * np.sin(i * i / 90000.0) + 0.01 * np.cos(1.9 * i) + 0.02).astype(np.float32)


def filters():
    """Kaldi's triangles, straight lines over mels, 20 to 8000 Hz: [bands, bins]."""
    mel = lambda hz: 1127 * np.log(1 + hz / 700)
    edges = np.linspace(mel(20), mel(8000), BANDS + 2)
    bins = mel(np.arange(FFT // 2 + 1) * RATE / FFT)
    up = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(up, down))


def log_mel(x):
    """[frames, bands]"""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(LENGTH) / (LENGTH - 1))
    rows = []
    for first in range(0, len(x) - LENGTH + 1, HOP):
        frame = x[first : first + LENGTH].astype(np.float64)
        frame = frame - frame.mean()
        frame = np.concatenate([[frame[0] * 0.03], frame[1:] - 0.97 * frame[:-1]])
        power = np.abs(np.fft.rfft(frame * window, FFT)) ** 2
        rows.append(np.log(np.maximum(2.0**-23, filters() @ power)))
    return np.array(rows)


def statistics(mels):
    m = mels - mels.mean()
    n = len(m)
    thirds = [m[np.floor(3 * np.arange(n) / n) == k].mean(axis=0) for k in range(3)]
    return np.concatenate([m.mean(axis=0), m.std(axis=0), np.diff(m, axis=0).std(axis=0), *thirds])


def yamnet(x):
    """YAMNet's patches, [patches, 96, 64]: log(0.001 + mel · |spectrum|), patches of 96 frames every 48."""
    first, hop = 15600, 7680
    patches = 1 + int(np.ceil(max(0, len(x) - first) / hop))
    x = np.concatenate([x, np.zeros(first + (patches - 1) * hop - len(x), np.float32)]).astype(np.float64)
    mel = lambda hz: 1127 * np.log(1 + hz / 700)
    edges = np.linspace(mel(125), mel(7500), 66)
    bins = mel(np.arange(257) * RATE / FFT)
    up = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.maximum(0, np.minimum(up, down))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(LENGTH) / LENGTH)
    frames = [x[i : i + LENGTH] * window for i in range(0, len(x) - LENGTH + 1, HOP)]
    mels = np.array([np.log(0.001 + triangles @ np.abs(np.fft.rfft(f, FFT))) for f in frames])
    return np.array([mels[48 * p : 48 * p + 96] for p in range(patches)])


x = signal(4000)
mels = log_mel(x)
golden = dict(
    samples=len(x),
    frames=len(mels),
    mels=[np.round(row, 7).tolist() for row in mels[[0, 11, len(mels) - 1]]],
    of=[0, 11, len(mels) - 1],
    statistics=np.round(statistics(mels), 7).tolist(),
    # Of each patch: its first frame, one in the middle, its last.
    yamnet={n: np.round(yamnet(signal(n))[:, [0, 50, 95]], 6).tolist() for n in (4000, 15601, 24000)},
)
target = pathlib.Path(__file__).parents[2] / "test/golden/audio.json"
target.write_text(json.dumps(golden) + "\n")
