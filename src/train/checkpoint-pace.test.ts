import { afterAll, expect, test } from "vitest";
import { type ManualClock, manualClock, withStepTime } from "../../test/support/manual-clock.js";
import { oneStepEpochs } from "../../test/support/one-step-epochs.js";
import { nodeRuntime } from "../runtime/ort-node.js";
import type { Checkpoint } from "./epochs/checkpoint.js";
import type { ProgressNote } from "./epochs/progress-note.js";
import { type Decided, type FitOptions, prepareFit } from "./fit.js";

const runtime = nodeRuntime({ threads: 1 });
afterAll(async () => (await runtime).close());

/** Epochs with a checkpoint in a run of six epochs (or as decided) of 1 ms, if each checkpoint takes `saving` ms to write. */
async function keptEpochs(
  saving: number,
  clock: ManualClock = manualClock(),
  decided?: Decided,
  more: Partial<FitOptions> = {},
): Promise<readonly number[]> {
  const kept: Checkpoint[] = [];
  const fit = await prepareFit({
    ...oneStepEpochs(withStepTime(await runtime, clock, 1), 6, async () => ({ loss: 1, score: 0 })),
    store: {
      load: async () => undefined,
      save: async (checkpoint) => {
        clock.advance(saving);
        kept.push(checkpoint);
      },
    },
    ...more,
  });
  await fit.run(undefined, decided);
  await fit.dispose();
  return kept.map(({ note }) => (note as ProgressNote).epochs.length);
}

test("every epoch is kept; where that takes longer than the epochs, the first, and the last in any case", async () => {
  expect(await keptEpochs(0)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await keptEpochs(400)).toEqual([1, 6]);
});

test("a run with seconds to end in counts what its checkpoints take: an epoch of 1 ms that takes 100 ms to keep is one of 101", async () => {
  // 1.5 s are 14.9 epochs of 101 ms.
  const kept = await keptEpochs(100, manualClock(), { steps: 1000, seconds: 1.5 });
  expect(kept.length).toBe(15);
});

test("a budget that steps break again and again is warned of once", async () => {
  const said: string[] = [];
  let validations = 0;
  const clock = manualClock();
  // Each validation takes longer than the one before, so the end is moved again and again.
  await keptEpochs(
    0,
    clock,
    { steps: 200, seconds: 3 },
    {
      validate: async () => {
        clock.advance(20 * ++validations);
        return { loss: 1, score: 0 };
      },
      onEvent: (event) => {
        if (event.event === "warning" && event.code === "pace") said.push(event.message);
      },
    },
  );
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(
    /^steps take 1 ms: to end within the budget, short makes about \d+ steps instead of 200, and the rest of the schedule is laid over them$/,
  );
});
