"""Forward pass, gradients and three steps of each optimiser, in float64 from the float32 weights of the file."""
import numpy as np
import torch
from torch import nn

import draw

# Each of the three steps has its own learning rate, as with a schedule.
RATES = {"sgd": [0.02, 0.04, 0.01], "adam": [1e-3, 2e-3, 5e-4], "adamw": [1e-3, 2e-3, 5e-4]}
MOMENTUM, WEIGHT_DECAY = 0.9, 0.05


def drawn(model, salt):
    """Draws every float parameter and running average of a network; constants of the architecture stay."""
    state = {k: v.clone() for k, v in model.state_dict().items()}
    parameters = dict(model.named_parameters())
    for key, value in state.items():
        if value.dtype == torch.float32 and (key in parameters or "running" in key):
            state[key] = torch.from_numpy(draw.weight(key, list(value.shape), salt))
    return state


def optimizer(kind, model):
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    if kind == "sgd":
        return torch.optim.SGD(model.parameters(), lr=1, momentum=MOMENTUM)
    if kind == "adam":
        return torch.optim.Adam(model.parameters(), lr=1)
    groups = [{"params": decay, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0}]
    return torch.optim.AdamW(groups, lr=1)


def norms(model):
    return [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]


def outputs_of(model, inputs, prepare=torch.Tensor.double):
    made = model(*[prepare(x) if x.is_floating_point() else x for x in inputs])
    return [made] if torch.is_tensor(made) else list(made)


def loss_of(family, outputs):
    if family.labels:
        return nn.functional.cross_entropy(outputs[0], torch.tensor(family.labels))
    return sum(
        ((o - torch.from_numpy(draw.target(name, o.shape)).to(o.dtype)) ** 2).mean() / 2
        for name, o in zip(family.outputs, outputs))


def modes(model):
    """Sets BatchNormalization to running statistics or to those of the batch. Dropout is off in both cases."""
    return ["frozen", "train"] if norms(model) else ["frozen"]


def kinds(model, mode):
    """Returns the modes of a network with each optimiser; each mode of BatchNormalization has one variant of Adam."""
    if not norms(model):
        return ["sgd", "adam", "adamw"]
    return ["sgd", "adam"] if mode == "frozen" else ["sgd", "adamw"]


def run(family, start, mode, kind):
    """Yields outputs, loss and gradients of each step, then the trained model."""
    model = family.make()
    model.load_state_dict(start)
    model.double().eval()
    for m in norms(model):
        m.train(mode == "train")
    step = optimizer(kind, model)
    for k in range(3):
        for group in step.param_groups:
            group["lr"] = RATES[kind][k]
        step.zero_grad()
        outputs = outputs_of(model, [i.values() for i in family.inputs])
        loss = loss_of(family, outputs)
        loss.backward()
        missing = [n for n, p in model.named_parameters() if p.grad is None]
        assert not missing, missing
        yield outputs, loss, {n: p.grad.numpy().copy() for n, p in model.named_parameters()}
        step.step()
    yield model


def steady(family, start):
    """Returns true if float32 is precise enough: a change of the weights by a millionth changes gradients little.

    Where a ReLU or a max pool is about to turn, they jump, in PyTorch's float32 too.
    """
    draws = torch.Generator().manual_seed(0)
    model = family.make()
    model.load_state_dict(start)
    for mode in modes(model):
        model.load_state_dict(start)
        model.double().eval()
        for m in norms(model):
            m.train(mode == "train")
        step = optimizer("sgd", model)

        def gradients():
            step.zero_grad()
            loss_of(family, outputs_of(model, [i.values() for i in family.inputs])).backward()
            return torch.cat([p.grad.ravel().clone() for p in model.parameters()])

        for k in range(3):
            here = [p.detach().clone() for p in model.parameters()]
            exact = gradients()
            for _ in range(4):
                with torch.no_grad():
                    for p, v in zip(model.parameters(), here):
                        p.copy_(v * (1 + 1e-6 * torch.randn(v.shape, generator=draws, dtype=v.dtype)))
                if (gradients() - exact).norm() > 1e-4 * exact.norm():
                    return False
            with torch.no_grad():
                for p, v in zip(model.parameters(), here):
                    p.copy_(v)
            gradients()
            for group in step.param_groups:
                group["lr"] = RATES["sgd"][k]
            step.step()
    return True


def noise(gradients, largest):
    """Returns elements whose gradient is zero within the precision of float32; Adam would divide it by its own size."""
    g = np.abs(gradients).ravel()
    limit = max(1e-4 * np.sqrt((g**2).mean()), 1e-6 * largest)
    return (g > 0) & (g < limit)


def ranges(mask):
    """Returns the runs of true values of a mask: [start, count, start, count, …]."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [int(v) for start, end in edges.reshape(-1, 2) for v in (start, end - start)]


def golden(family, start):
    """Returns numbers in the order of test/support/families/golden.ts, and the data of its header."""
    numbers, noisy = [], {}
    keep = lambda purpose, values, most=9: numbers.append(draw.digest(purpose, values, most))
    base = family.make()
    base.load_state_dict(start)
    for mode in modes(base):
        masks = {n: np.zeros(p.numel(), dtype=bool) for n, p in base.named_parameters()}
        ends = {}
        for kind in kinds(base, mode):
            *each, ends[kind] = run(family, start, mode, kind)
            for outputs, _, gradients in each:
                largest = max(np.abs(g).max() for g in gradients.values())
                for n, g in gradients.items():
                    masks[n] |= noise(g, largest)
            if kind == "sgd":
                outputs, _, gradients = each[0]
                for name, o in zip(family.outputs, outputs):
                    keep(name, o.detach().numpy(), 256)
                numbers.append(np.array([loss.item() for _, loss, _ in each]))
                for n, g in gradients.items():
                    keep(n, g)
        noisy[mode] = {n: ranges(m) for n, m in masks.items() if m.any()}
        for kind, model in ends.items():
            for n, p in model.named_parameters():
                change = (p.detach().numpy() - start[n].double().numpy()).ravel()
                keep(n, np.where(masks[n], 0, change) if kind != "sgd" else change)
            if mode == "train" and kind == "sgd":
                for n, b in model.named_buffers():
                    if "running" in n:
                        keep(n, b.numpy() - start[n].double().numpy())
    outputs = outputs_of(base.double().eval(), [i.values() for i in family.inputs])
    return np.concatenate(numbers).astype("<f4"), noisy, [list(o.shape) for o in outputs]
