"""The training step of a decoder by PyTorch, for bench/decoder.mjs.

    /usr/bin/python3 bench/decoder.py MODEL.onnx THREADS STEPS

Writes a Llama with random weights and its cache in the form of the hub, and prints the processor seconds of a step, and the largest memory.
"""

import importlib.util
import json
import resource
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F

golden = Path(__file__).parents[1] / "scripts" / "golden"
sys.path.insert(0, str(golden))
spec = importlib.util.spec_from_file_location("decoders", golden / "make-decoders.py")
decoders = importlib.util.module_from_spec(spec)
spec.loader.exec_module(decoders)
BATCH, LENGTH = 8, 64


def main(path, threads, steps):
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    decoders.WORDS, decoders.LAYERS, decoders.INNER = 8000, 6, 704
    decoders.set_sizes(256, 8, 4)
    decoders.CACHE = [f"{i}.{kind}" for i in range(decoders.LAYERS) for kind in ("key", "value")]
    model = decoders.Llama(True)
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.normal_(parameter, std=0.02)
    ids = torch.randint(5, decoders.WORDS, (decoders.BATCH, decoders.NEW))
    decoders.export.export(path, decoders.decoder_of(model.eval(), ids, torch.ones_like(ids)), model, 17, False, whole=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    # The same rows as in bench/decoder.mjs.
    rows = (torch.arange(BATCH * LENGTH) * 7919 % (decoders.WORDS - 5) + 5).reshape(BATCH, LENGTH)
    mask, positions = torch.ones_like(rows), torch.arange(LENGTH).expand(BATCH, LENGTH)
    empty = [torch.zeros(BATCH, decoders.KEYS, 0, decoders.SIZE) for _ in decoders.CACHE]
    losses, begin = [], 0.0
    for step in range(steps + 3):
        if step == 3:
            begin = time.process_time()
        logits = model(rows, mask, positions, *empty)[0]
        loss = F.cross_entropy(logits[:, :-1].reshape(-1, decoders.WORDS), rows[:, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    seconds = (time.process_time() - begin) / steps
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    count = sum(p.numel() for p in model.parameters())
    print(json.dumps({"parameters": count, "seconds": seconds, "peak_mb": peak, "losses": losses}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
