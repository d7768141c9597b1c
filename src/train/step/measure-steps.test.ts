import { expect, test } from "vitest";
import { type ManualClock, manualClock } from "../../../test/support/manual-clock.js";
import type { TrainingSession } from "../../runtime/runtime.js";
import type { StepFeeds } from "../loop.js";
import { measureSteps } from "./measure-steps.js";

/** Returns a session whose steps of n tokens take n milliseconds by a clock. */
const sessionWith = (clock: ManualClock): TrainingSession =>
  ({
    steps: async (feeds: StepFeeds, count: number) => {
      clock.advance(count * feeds["train.x"]!.dims.at(-1)!);
      return { loss: { dtype: "float32", dims: [count], data: new Float32Array(count) } };
    },
  }) as unknown as TrainingSession;
const row = (size: number): StepFeeds => ({
  "train.x": { dtype: "int32", dims: [2, size], data: new Int32Array(2 * size) },
});
/** Nine short steps per long one: 22 ms on average; measuring only the longest would give 40. */
const epoch = [20, 20, 20, 20, 20, 40, 20, 20, 20, 20];

test("the seconds of a step are the average of an epoch's, not those of its longest", async () => {
  const seconds = await measureSteps(
    {
      lengths: { sizes: [20, 40], fill: -1 },
      stepsPerEpoch: epoch.length,
      epochs: 1,
      feeds: async function* (_epoch, from) {
        yield* epoch.slice(from).map(row);
      },
    },
    {
      session: sessionWith(manualClock()),
      step: { perStep: ["train.x"] },
      schedule: () => ({ rate: 1 }),
      rates: [1],
      totalSteps: 10,
    },
  );
  expect(seconds).toBeCloseTo(0.022, 9);
});
