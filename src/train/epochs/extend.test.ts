import { describe, expect, test } from "vitest";
import { clockOf } from "../step/clock.js";
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
