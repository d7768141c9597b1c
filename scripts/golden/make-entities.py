"""Expected scores of entities, counted as conlleval does; written from its definition.

conlleval walks through tokens once and asks at each whether a chunk of the truth and of the answer ends and begins
there (startOfChunk, endOfChunk); a chunk is correct when both begin at one token, with one type, and end at one.
Engraft compares sets of spans instead.

And two steps of plain gradient descent on a model that answers for each token, by PyTorch, whose cross-entropy leaves
out what is labelled -100.

usage: python3 scripts/golden/make-entities.py > test/golden/entities.json
"""

import json
import random


def split(tag):
    return (tag, "") if tag == "O" else (tag[0], tag[2:])


def end_of_chunk(prev, tag, prev_type, type_):
    if prev in "ES":
        return True
    if prev == "B" and tag in "BSO":
        return True
    if prev == "I" and tag in "BSO":
        return True
    return prev != "O" and prev_type != type_


def start_of_chunk(prev, tag, prev_type, type_):
    if tag in "BS":
        return True
    if prev in "ES" and tag in "EI":
        return True
    if prev == "O" and tag in "EI":
        return True
    return tag != "O" and prev_type != type_


def conlleval(sentences):
    correct, true, guessed = {}, {}, {}
    right = tokens = 0
    add = lambda where, type_: where.__setitem__(type_, where.get(type_, 0) + 1)
    for gold, guess in sentences:
        in_correct = False
        last = [("O", ""), ("O", "")]
        for pair in [*zip(gold, guess), ("O", "O")]:
            (tg, yg), (tp, yp) = now = [split(t) for t in pair]
            (lg, lyg), (lp, lyp) = last
            if in_correct:
                gold_ends = end_of_chunk(lg, tg, lyg, yg)
                guess_ends = end_of_chunk(lp, tp, lyp, yp)
                if gold_ends and guess_ends and lyg == lyp:
                    in_correct = False
                    add(correct, lyg)
                elif gold_ends != guess_ends or yg != yp:
                    in_correct = False
            gold_starts = start_of_chunk(lg, tg, lyg, yg)
            guess_starts = start_of_chunk(lp, tp, lyp, yp)
            if gold_starts and guess_starts and yg == yp:
                in_correct = True
            if gold_starts:
                add(true, yg)
            if guess_starts:
                add(guessed, yp)
            last = now
        right += sum(a == b for a, b in zip(gold, guess))
        tokens += len(gold)
    types = sorted({*true, *guessed})

    def ratios(c, p, t):
        precision = c / p if p else 0.0
        recall = c / t if t else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"precision": precision, "recall": recall, "f1": f1, "n": t, "predicted": p, "correct": c}

    return {
        "accuracy": right / tokens,
        "overall": ratios(sum(correct.values()), sum(guessed.values()), sum(true.values())),
        "types": {t: ratios(correct.get(t, 0), guessed.get(t, 0), true.get(t, 0)) for t in types},
    }


def drawn(rng, marks, length):
    """Draws random tags, most of them invalid sequences."""
    types = ["PER", "LOC", "ORG"]
    return [m if (m := rng.choice(marks)) == "O" else f"{m}-{rng.choice(types)}" for _ in range(length)]


def changed(rng, tags, marks, share):
    return [drawn(rng, marks, 1)[0] if rng.random() < share else t for t in tags]


def steps():
    import torch

    torch.manual_seed(7)
    x = torch.randn(3, 4, 3, dtype=torch.float64)
    w1 = torch.randn(3, 5, dtype=torch.float64, requires_grad=True)
    w2 = torch.randn(5, 3, dtype=torch.float64, requires_grad=True)
    # The first and last token are special tokens, the fourth continues a word; the third text is short.
    labels = torch.tensor([[-100, 1, 0, -100], [-100, 2, 2, 0], [-100, 1, -100, -100]])
    start = {"x": x.tolist(), "w1": w1.tolist(), "w2": w2.tolist(), "labels": labels.tolist()}
    after = []
    for _ in range(2):
        scores = torch.tanh(x @ w1) @ w2
        loss = torch.nn.functional.cross_entropy(scores.reshape(-1, 3), labels.reshape(-1))
        gradients = torch.autograd.grad(loss, (w1, w2))
        with torch.no_grad():
            for w, g in zip((w1, w2), gradients):
                w -= 0.1 * g
        after.append({"loss": loss.item(), "w1": w1.tolist(), "w2": w2.tolist()})
    return {"start": start, "rate": 0.1, "after": after}


def main():
    rng = random.Random(20261121)
    cases = []
    for name, marks in {"BIO": "OOOBII", "BIOES": "OOOBIES", "I only": "OOIII"}.items():
        for share in (0.1, 0.5):
            gold = [drawn(rng, marks, rng.randint(1, 12)) for _ in range(40)]
            sentences = [(g, changed(rng, g, marks, share)) for g in gold]
            cases.append({"name": f"{name}, {share}", "sentences": sentences, "scores": conlleval(sentences)})
    print(json.dumps({"cases": cases, "steps": steps()}, separators=(",", ":")))


if __name__ == "__main__":
    main()
