import { afterAll, describe, expect, test } from "vitest";
import { oneStepEpochs } from "../../../test/support/one-step-epochs.js";
import { nodeRuntime } from "../../runtime/ort-node.js";
import { type Extension, type FitResult, prepareFit } from "../fit.js";
import { clockOf } from "../step/clock.js";
import type { Checkpoint } from "./checkpoint.js";
import { extended, legsSinceExtension } from "./extend.js";
import type { ProgressNote } from "./progress-note.js";

/** A fit of 2 epochs of 10 steps that took 20 s and has finished. */
const note: ProgressNote = {
  ...{ step: 20, seconds: 20, best: { score: 0.8, loss: 0.5, epoch: 1 }, partial: {}, finished: true },
  epochs: [{}, {}] as unknown as ProgressNote["epochs"],
  legs: [{ step: 0, position: 0, total: 20 }],
  stopped: { of: 5, because: "no improvement" },
};
const stepsPerEpoch = 10;

describe("an extension of a finished fit", () => {
  test("of epochs: so many more, through the whole schedule, with updates that are counted anew", () => {
    const more = extended(note, { extensions: [{ epochs: 3 }], stepsPerEpoch });
    expect(more).toMatchObject({ finished: false, step: 20, extensions: 1, skipped: 0 });
    expect(more.stopped).toBeUndefined();
    const at = clockOf(more.legs, stepsPerEpoch);
    expect(at(19)).toMatchObject({ update: 19, position: 0.95 });
    // 30 more updates: positions 0, 1/30, ….
    expect(at(20)).toMatchObject({ update: 0, position: 0 });
    expect(at(21)).toMatchObject({ update: 1, position: 1 / 30 });
    expect(more.legs.at(-1)!.total).toBe(50);
  });

  test("of a time: as many steps as it had in that time, and it ends in time", () => {
    // One step a second.
    const more = extended(note, { extensions: [{ seconds: 7 }], stepsPerEpoch });
    expect(more.legs.at(-1)).toEqual({ step: 20, position: 0, total: 27, restarts: true });
    expect(more.until).toBe(27);
  });

  test("begins at a first step of an epoch, and does not count the steps that it skips", () => {
    const short = { ...note, step: 14, seconds: 14, legs: [{ step: 0, position: 0, total: 14 }] };
    const more = extended(short, { extensions: [{ seconds: 7 }], stepsPerEpoch });
    expect(more).toMatchObject({ step: 20, skipped: 6, until: 21 });
    expect(more.legs.at(-1)!.total).toBe(27);
  });

  test("is begun once, and only when the fit before has finished", () => {
    const extensions = [{ epochs: 1 }, { epochs: 1 }];
    const first = extended(note, { extensions, stepsPerEpoch });
    expect(extended(first, { extensions, stepsPerEpoch })).toBe(first);
    const epochs = [{}, {}, {}] as unknown as ProgressNote["epochs"];
    const second = extended({ ...first, finished: true, step: 30, epochs }, { extensions, stepsPerEpoch });
    expect(second.extensions).toBe(2);
    expect(legsSinceExtension(second.legs)).toHaveLength(1);
    const done = { ...second, finished: true };
    expect(extended(done, { extensions, stepsPerEpoch })).toBe(done);
    expect(extended(note, { stepsPerEpoch })).toBe(note);
  });
});

describe("an average that was kept", () => {
  const runtime = nodeRuntime({ threads: 1 });
  afterAll(async () => (await runtime).close());
  let saved: Checkpoint | undefined;

  /** Trains two epochs, or the extensions after them. The validations have these scores, in order. */
  async function scored(scores: number[], extensions?: readonly Extension[]): Promise<FitResult> {
    const fit = await prepareFit({
      ...oneStepEpochs(await runtime, 2, async () => ({ loss: 1, score: scores.shift()! })),
      average: { kind: "soup", size: 2 },
      extensions,
      store: {
        load: async () => saved,
        save: async (checkpoint) => {
          saved = checkpoint;
        },
      },
    });
    const result = await fit.run();
    await fit.dispose();
    expect(scores).toEqual([]);
    return result;
  }
  const soup = { kind: "soup", epochs: [1, 2], validation: { loss: 1, score: 0.9 }, kept: true };

  test("stays the result of an extension until an epoch or an average is better", async () => {
    saved = undefined;
    // Before the first step, two epochs, and their average.
    const first = await scored([0.1, 0.8, 0.7, 0.9]);
    expect(first.average).toEqual(soup);
    const worse = await scored([0.5], [{ epochs: 1 }]);
    expect(worse).toMatchObject({ average: soup, best: { score: 0.9 }, weights: first.weights });
    // Two epochs, and their average, which is not kept.
    const joined = await scored([0.5, 0.4, 0.6], [{ epochs: 1 }, { epochs: 2 }]);
    expect(joined).toMatchObject({ average: soup, weights: first.weights });
    const better = await scored([0.95], [{ epochs: 1 }, { epochs: 2 }, { epochs: 1 }]);
    expect(better).toMatchObject({ bestEpoch: 6, best: { score: 0.95 } });
    expect(better.average).toBeUndefined();
  });
});
