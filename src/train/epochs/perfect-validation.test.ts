import { afterAll, expect, test } from "vitest";
import { oneStepEpochs } from "../../../test/support/one-step-epochs.js";
import type { EpochEvent } from "../../core/events/events.js";
import type { Validation } from "../../core/results/metric.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import { type FitOptions, prepareFit } from "../fit.js";
import type { Checkpoint } from "./checkpoint.js";
import { isPerfect, supportedLoss } from "./perfect-validation.js";

const runtime = nodeRuntime({ threads: 1 });
afterAll(async () => (await runtime).close());

test("n right answers of n support a probability of (n + 1) / (n + 2), and no smaller loss", () => {
  expect(supportedLoss(20)).toBeCloseTo(-Math.log(21 / 22), 12);
  expect(isPerfect({ score: 1, loss: 0.046 }, 20)).toBe(true);
  expect(isPerfect({ score: 1, loss: 0.047 }, 20)).toBe(false);
  expect(isPerfect({ score: 0.95, loss: 0.001 }, 20)).toBe(false);
});

/** A fit of ten epochs of one step with given validations, the first before training. */
async function fitted(validations: readonly Validation[], more: Partial<FitOptions> = {}) {
  let at = 0;
  const fit = await prepareFit({
    ...oneStepEpochs(await runtime, 10, async () => validations[Math.min(at++, validations.length - 1)]!),
    ...more,
  });
  const result = await fit.run();
  await fit.dispose();
  return result;
}

const wrong = { score: 0.95, loss: 0.3 };
const unsure = { score: 1, loss: 0.2 };
const perfect = { score: 1, loss: 0.01 };

test("a fit ends after three perfect epochs in a row, and says why", async () => {
  const one = await fitted([wrong, perfect, perfect, wrong, perfect], { stopWhenPerfect: 20 });
  // Two in a row are not enough: 4, 5 and 6 are three.
  expect([one.epochs.length, one.stopped]).toEqual([6, { of: 10, because: "perfect validation" }]);
});

test("it goes on where the loss is above what the items support, and where nobody asked for an end", async () => {
  const rising = await fitted([wrong, unsure], { stopWhenPerfect: 20 });
  expect([rising.epochs.length, rising.stopped]).toEqual([10, undefined]);
  const unasked = await fitted([wrong, perfect]);
  expect([unasked.epochs.length, unasked.stopped]).toEqual([10, undefined]);
});

test("stopped between two of the three, it goes on to the same end", async () => {
  const stop = new AbortController();
  let saved: Checkpoint | undefined;
  const store = {
    load: async () => saved,
    save: async (one: Checkpoint) => {
      saved = one;
    },
  };
  const seen: EpochEvent[] = [];
  const begun = fitted([wrong, perfect], {
    ...{ stopWhenPerfect: 20, store, signal: stop.signal },
    onEvent: (event) => {
      if (event.event !== "epoch") return;
      seen.push(event);
      if (event.epoch === 2) stop.abort();
    },
  });
  await expect(begun).rejects.toThrow("stopped");
  const whole = await fitted([wrong, perfect], { stopWhenPerfect: 20 });
  const resumed = await fitted([perfect], { stopWhenPerfect: 20, store });
  expect(resumed.epochs.length).toBe(3);
  expect(resumed.stopped).toEqual(whole.stopped);
  expect([...resumed.weights]).toEqual([...whole.weights]);
});

test("patience without improvement is said too", async () => {
  const { epochs, stopped } = await fitted([wrong], { patience: 2 });
  expect([epochs.length, stopped]).toEqual([2, { of: 10, because: "no improvement" }]);
});
