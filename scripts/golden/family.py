"""What a family is: a network, what it reads, and what is minimised."""
from dataclasses import dataclass
from typing import Callable, Sequence

import numpy as np
import torch

import draw


@dataclass(frozen=True)
class Floats:
    """Uniform in -1 … 1."""
    name: str
    dims: Sequence[int]

    def values(self):
        u = draw.uniform(f"input/{self.name}", int(np.prod(self.dims)))
        return torch.from_numpy((2 * u - 1).astype(np.float32).reshape(self.dims))


@dataclass(frozen=True)
class Ints:
    """Whole numbers from 0 to below `below`: ids of tokens."""
    name: str
    dims: Sequence[int]
    below: int

    def values(self):
        u = draw.uniform(f"input/{self.name}", int(np.prod(self.dims)))
        return torch.from_numpy(np.floor(u * self.below).astype(np.int64).reshape(self.dims))


@dataclass(frozen=True)
class Mask:
    """Row r holds `lengths[r]` ones, then zeros."""
    name: str
    dims: Sequence[int]
    lengths: Sequence[int]

    def values(self):
        return torch.tensor([[int(t < n) for t in range(self.dims[1])] for n in self.lengths])


@dataclass(frozen=True)
class Given:
    """The numbers themselves, int64."""
    name: str
    dims: Sequence[int]
    numbers: Sequence[int]

    def values(self):
        return torch.tensor(self.numbers).reshape(self.dims)


@dataclass(frozen=True)
class Family:
    make: Callable[[], torch.nn.Module]
    inputs: Sequence
    # Opset of the file that trains: written with every weight as it is. The others are written as users do, by
    # the exporter's defaults: constants folded, BatchNormalization merged into convolutions.
    opset: int = 13
    others: Sequence[int] = (11, 17)
    # Scores [batch, classes] with cross-entropy; no labels: mean square distance of every output from a target.
    labels: Sequence[int] = ()
    outputs: Sequence[str] = ("logits",)


def images(size=32, batch=2, channels=3):
    return [Floats("pixel_values", [batch, channels, size, size])]
