import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ToyTask } from "../tasks.js";
import { toysIn } from "../toys.js";
import { EffectOfValues } from "./effect.js";
import { known } from "./known.js";
import { nameOf, values } from "./values.js";

/** Defines a test for each value of each option: it has an effect on the task, or is refused, or is a known exception. */
export function everyOptionCounts(task: ToyTask): void {
  describe(`${task}: every option has an effect or is refused`, { tags: ["thorough"] }, () => {
    let root: string;
    let effects: EffectOfValues;
    beforeAll(() => {
      root = mkdtempSync(join(tmpdir(), "engraft-matrix-"));
      effects = new EffectOfValues(task, toysIn(join(root, "toys")), root);
    });
    afterAll(() => rmSync(root, { recursive: true, force: true }));
    const exceptions = known[task] ?? {};

    test.each(values.map((value) => [nameOf(value), value] as const))("%s", async (name, value) => {
      const { is, words } = await effects.of(value);
      if (process.env.ENGRAFT_MATRIX_PRINT) console.log(`CELL ${JSON.stringify([task, name, is, words])}`);
      const wanted = exceptions[name];
      if (wanted !== undefined)
        expect(is, `remove ${JSON.stringify(name)} from the known exceptions of ${task}`).toBe(wanted);
      else expect({ is, words }).toEqual({ is: expect.stringMatching(/^(effect|refused)$/), words });
    });
  });

  test(`the known exceptions of ${task} are values that are tried`, { tags: ["thorough"] }, () => {
    const names = values.map(nameOf);
    expect(Object.keys(known[task] ?? {}).filter((name) => !names.includes(name))).toEqual([]);
  });
}
