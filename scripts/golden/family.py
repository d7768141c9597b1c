"""Family: a network, its inputs, and its loss."""
from dataclasses import dataclass, field
from typing import Callable, Mapping, Sequence

import numpy as np
import torch

import draw


@dataclass(frozen=True)
class Floats:
    """Input that is uniform in -1 … 1."""
    name: str
    dims: Sequence[int]

    def values(self):
        u = draw.uniform(f"input/{self.name}", int(np.prod(self.dims)))
        return torch.from_numpy((2 * u - 1).astype(np.float32).reshape(self.dims))


@dataclass(frozen=True)
class Ints:
    """Input of token ids from 0 to `below` - 1."""
    name: str
    dims: Sequence[int]
    below: int

    def values(self):
        u = draw.uniform(f"input/{self.name}", int(np.prod(self.dims)))
        return torch.from_numpy(np.floor(u * self.below).astype(np.int64).reshape(self.dims))


@dataclass(frozen=True)
class Mask:
    """Mask whose row r has `lengths[r]` ones, then zeros."""
    name: str
    dims: Sequence[int]
    lengths: Sequence[int]

    def values(self):
        return torch.tensor([[int(t < n) for t in range(self.dims[1])] for n in self.lengths])


@dataclass(frozen=True)
class Given:
    """Input of given numbers, int64."""
    name: str
    dims: Sequence[int]
    numbers: Sequence[int]

    def values(self):
        return torch.tensor(self.numbers).reshape(self.dims)


@dataclass(frozen=True)
class Family:
    make: Callable[[], torch.nn.Module]
    inputs: Sequence
    # Opset of the file that is trained, exported with all weights unchanged. The other files use the defaults of the
    # exporter: constants folded, BatchNormalization merged into convolutions.
    opset: int = 13
    others: Sequence[int] = (11, 17)
    # With labels: cross-entropy of logits [batch, classes]. Without: mean squared error of every output to a target.
    labels: Sequence[int] = ()
    outputs: Sequence[str] = ("logits",)
    # Axes of any size besides the batch, by input or output: {name: {axis: size}}.
    axes: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


def images(size=32, batch=2, channels=3):
    return [Floats("pixel_values", [batch, channels, size, size])]
