"""Shared code of the golden scripts: draws numbers, and writes values and gradients."""

import torch


def listed(t):
    return t.detach().flatten().tolist()


def drawn(*shape):
    """Draws numbers that are exact in float32, so that both sides have the same inputs."""
    return torch.randn(*shape).float().double()


def with_gradient(value, *inputs):
    return {"value": value.item(), "gradients": [listed(g) for g in torch.autograd.grad(value, inputs)]}
