"""What the scripts of golden values share: drawing numbers, and writing values and gradients down."""

import torch


def listed(t):
    return t.detach().flatten().tolist()


def drawn(*shape):
    """Numbers that float32 holds exactly, so that both sides begin with the same."""
    return torch.randn(*shape).float().double()


def with_gradient(value, *inputs):
    return {"value": value.item(), "gradients": [listed(g) for g in torch.autograd.grad(value, inputs)]}
