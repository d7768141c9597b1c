"""Random numbers that are equal in Python and TypeScript, so weights, inputs, targets and projections are not stored.

    u(purpose)_i = mix(mix(fnv1a(purpose)) + i mod 2^32) / 2^32        in [0, 1), exact in float64

`mix` is the finalizer of MurmurHash3, `fnv1a` the 32-bit FNV-1a hash of the text. test/support/families/draw.ts is the same.
"""
import math

import numpy as np

U32 = np.uint64(0xFFFFFFFF)


def mix(h):
    """Applies the finalizer of MurmurHash3 to an array of uint64 with 32 bits each."""
    h = h ^ (h >> np.uint64(16))
    h = (h * np.uint64(0x85EBCA6B)) & U32
    h = h ^ (h >> np.uint64(13))
    h = (h * np.uint64(0xC2B2AE35)) & U32
    return h ^ (h >> np.uint64(16))


def bits(purpose, n):
    """Draws n numbers of 32 bits."""
    h = 0x811C9DC5
    for byte in purpose.encode("utf8"):
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    start = mix(np.array([h], dtype=np.uint64))
    return mix((start + np.arange(n, dtype=np.uint64)) & U32)


def uniform(purpose, n):
    """Draws n numbers in [0, 1)."""
    return bits(purpose, n).astype(np.float64) / 2**32


def weight(name, dims, salt):
    """Draws the tensor of the network with this name, float32.

    Matrices and kernels: uniform with variance 1 / fan_in. Scales of norms and running variances: 0.5 … 1.5.
    Biases and running means: -0.3 … 0.3. Exponents (NAME.p): 2.5 … 3.5. `salt` is a number: which of all such networks.
    """
    n = int(np.prod(dims))
    u = uniform(f"weight{salt}/{name}", n)
    if len(dims) > 1:
        values = math.sqrt(3 / (n / dims[0])) * (2 * u - 1)
    elif name.endswith(("weight", "running_var", "scale")):
        values = 0.5 + u
    elif name.endswith(".p"):
        values = 2.5 + u
    else:
        values = 0.6 * u - 0.3
    return values.astype(np.float32).reshape(dims)


def target(name, dims):
    """Draws the target of an output without classes, in -1 … 1."""
    return (2 * uniform(f"target/{name}", int(np.prod(dims))) - 1).astype(np.float32).reshape(dims)


def digest(purpose, values, most=9):
    """Returns a tensor with at most `most` elements unchanged, and of a larger one its norm and 8 projections.

    p_k = sum_i s_ki a_i with signs s_ki = ±1: bit k of draw i. The mean of (p_k(a) - p_k(b))² over k estimates
    |a - b|² without bias, and every element takes part in it.
    """
    a = np.asarray(values, dtype=np.float64).ravel()
    if a.size <= most:
        return a
    h = bits(f"digest/{purpose}", a.size)
    signs = np.stack([1.0 - 2.0 * ((h >> np.uint64(k)) & np.uint64(1)) for k in range(8)])
    return np.concatenate([[np.linalg.norm(a)], signs @ a])
