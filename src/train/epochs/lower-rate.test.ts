import { afterAll, expect, test } from "vitest";
import { oneStepEpochs } from "../../../test/support/one-step-epochs.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import { type FitOptions, prepareFit } from "../fit.js";
import { undoesStart } from "./lower-rate.js";

const runtime = nodeRuntime({ threads: 1 });
afterAll(async () => (await runtime).close());

/** Two texts that differ in one word have different labels. */
const texts = [Int32Array.of(5, 6, 7, 8, 9), Int32Array.of(5, 6, 7, 8, 10)] as const;
const stepsPerEpoch = 24;

/** A training of a small encoder without normalisation; each step learns one text. */
async function trained(rate: number, more: Partial<FitOptions> = {}) {
  const fit = await prepareFit({
    ...oneStepEpochs(await runtime, 2, async (evaluate) => {
      const losses: number[] = [];
      let right = 0;
      for (const [label, data] of texts.entries()) {
        const [a, b] = await evaluate({ dtype: "int32", dims: [1, 5], data });
        const margin = label === 0 ? a! - b! : b! - a!;
        losses.push(Math.log1p(Math.exp(-margin)));
        if (margin > 0) right++;
      }
      return { loss: (losses[0]! + losses[1]!) / 2, score: right / 2 };
    }),
    stepsPerEpoch,
    rates: [rate],
    keepsWhatWasGood: true,
    feeds: async function* (_epoch, from) {
      for (let step = from; step < stepsPerEpoch; step++) {
        const label = step % 2;
        yield {
          "train.x": { dtype: "int32", dims: [1, 5], data: texts[label]! },
          "train.labels": { dtype: "int64", dims: [1], data: BigInt64Array.of(BigInt(label)) },
          "train.weights": { dtype: "float32", dims: [1], data: Float32Array.of(1) },
        };
      }
    },
    ...more,
  });
  const result = await fit.run();
  await fit.dispose();
  return result;
}

test("a training that diverges begins again with lower rates, and is then the same as one with those from the start", async () => {
  const rate = 4;
  expect((await trained(rate)).diverged).toBeDefined();
  const said: string[] = [];
  const again = await trained(rate, {
    lowersRate: 2,
    onEvent: (event) => {
      if (event.event === "warning") said.push(event.code);
    },
  });
  expect(again.diverged).toBeUndefined();
  const { rateShare } = again;
  expect([1 / 4, 1 / 16, 1 / 64]).toContain(rateShare);
  expect(said).toEqual(Array.from({ length: -Math.log2(rateShare!) / 2 }, () => "rate"));
  const lower = await trained(rate * rateShare!);
  expect(again.epochs.map((e) => [e.rate, e.train_loss, e.validation_loss])).toEqual(
    lower.epochs.map((e) => [e.rate, e.train_loss, e.validation_loss]),
  );
  expect(again.weights).toEqual(lower.weights);
});

test("rates are lowered three times at most: a training that still diverges ends there", async () => {
  const said: string[] = [];
  const result = await trained(4e5, {
    lowersRate: 2,
    onEvent: (event) => {
      if (event.event === "warning") said.push(event.code);
    },
  });
  expect(said).toEqual(["rate", "rate", "rate"]);
  expect(result).toMatchObject({ rateShare: 1 / 64, bestEpoch: 0, diverged: { step: expect.any(Number) } });
});

test("a rate that does no harm stays, and nothing is said", async () => {
  const events: string[] = [];
  const options = { onEvent: ({ event }: { readonly event: string }) => void events.push(event) };
  const result = await trained(0.01, { lowersRate: 2, ...options });
  expect(result.rateShare).toBeUndefined();
  expect(events).not.toContain("warning");
});

test("an epoch undoes the start if the score falls by more than a standard error, and the loss does not fall", () => {
  // Of 600 samples 68.5 % right: √(0.685 · 0.315 / 600) is 1.90 points.
  const start = { score: 0.685, loss: 0.6 };
  expect(undoesStart(start, { score: 0.665, loss: 0.7 }, 600)).toBe(true);
  expect(undoesStart(start, { score: 0.667, loss: 0.7 }, 600)).toBe(false);
  expect(undoesStart(start, { score: 0.665, loss: 0.59 }, 600)).toBe(false);
  expect(undoesStart(start, { score: Number.NaN, loss: Number.NaN }, 600)).toBe(true);
  // One sample of ten less is a tenth; √(1 / 10 / 10) is too.
  expect(undoesStart({ score: 1, loss: 0 }, { score: 0.9, loss: 1 }, 10)).toBe(false);
});
