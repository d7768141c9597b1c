import { expect, test } from "vitest";
import { epochValidation } from "../../core/results/metric.js";
import { currentNote, type ProgressNote } from "./progress-note.js";

const epoch = {
  ...{ event: "epoch", stage: "finetune", epoch: 1, of: 2, train_loss: 1, rate: 0.1, seconds: 1, best: true },
  validation_loss: 0.4,
};
const rest = { step: 4, seconds: 1, partial: {}, finished: false, legs: [] };
const noteOf = (json: object) => JSON.parse(JSON.stringify({ ...rest, ...json })) as ProgressNote;

test("a checkpoint of an earlier version, which called R² an accuracy, goes on with it as the score", () => {
  const kept = { accuracy: 0.3, loss: 0.4 };
  const old = noteOf({
    best: { ...kept, epoch: 1 },
    epochs: [{ ...epoch, validation_accuracy: 0.3 }],
    gathered: [{ epochs: [1], validation: kept }],
  });
  expect(currentNote(old, "r2")).toEqual({
    ...rest,
    best: { score: 0.3, loss: 0.4, epoch: 1 },
    epochs: [{ ...epoch, ...epochValidation("r2", { score: 0.3, loss: 0.4 }) }],
    gathered: [{ epochs: [1], validation: { score: 0.3, loss: 0.4 } }],
  });
});

test("of a language model an earlier version kept the perplexity, and a score of another kind", () => {
  const old = noteOf({ best: { accuracy: 20, loss: 3, score: -3, epoch: 1 }, epochs: [] });
  expect(currentNote(old, "perplexity").best).toEqual({ score: -20, loss: 3, epoch: 1 });
});

test("a checkpoint of this version stays as it is", () => {
  const now = noteOf({
    best: { score: 0.9, loss: 0.4, epoch: 1 },
    epochs: [{ ...epoch, ...epochValidation("accuracy", { score: 0.9, loss: 0.4 }) }],
  });
  expect(currentNote(now)).toEqual(now);
});
