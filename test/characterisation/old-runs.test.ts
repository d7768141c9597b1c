// Runs that an earlier version wrote are read, and evaluated or resumed where their weights are there; else the reason is said.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { fromOnnx } from "../../src/graph/index.js";
import { EngraftError, evaluate, report, resume } from "../../src/index.js";
import { modelBytes } from "../support/fixtures.js";
import {
  copyOldRun,
  makeOldRuns,
  type OldRun,
  oldRuns,
  runWithWeights,
  sizeOfOldRun,
  stoppedRun,
} from "./old-runs.js";
import { toysIn } from "./toys.js";

const root = mkdtempSync(join(tmpdir(), "engraft-old-runs-"));
const toy = toysIn(join(root, "toys"));
process.env.ENGRAFT_CACHE = join(root, "cache");
afterAll(() => rmSync(root, { recursive: true, force: true }));

const timeout = 120_000;
const manifests = ["run.json", "comparison.json", "curve.json", "diagnosis.json"] as const;

/** Returns the result in the manifest of a run or a study. */
function resultIn(folder: string): unknown {
  const file = manifests.map((name) => join(folder, name)).find((path) => existsSync(path))!;
  return JSON.parse(readFileSync(file, "utf8")).result;
}

const weightsIn = (folder: string) => fromOnnx(modelBytes(folder)).graph.initializers;

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "went through",
    (error: unknown) => {
      if (!(error instanceof EngraftError)) throw error;
      return `${error.kind}: ${error.message.replaceAll(root, "ROOT")}\n${error.help}`;
    },
  );

if (process.env.ENGRAFT_CHARACTERISE === "old-runs")
  test("old runs are made", { timeout: 600_000 }, () => makeOldRuns(toy, root));
else {
  const all = oldRuns();
  const finished = all.filter(([, name]) => name !== stoppedRun);

  test("there are old runs, and each is small", () => {
    expect(all.length).toBeGreaterThan(0);
    for (const one of all) expect([one, sizeOfOldRun(one) <= 21 * 1024]).toEqual([one, true]);
  });

  describe.each(finished)("%s %s", (...one: OldRun) => {
    const folder = copyOldRun(one, join(root, one[0]));
    const resumed = copyOldRun(one, join(root, `${one[0]}-ended`));
    const study = !existsSync(join(folder, "run.json"));

    test("has a report in both languages", { timeout }, async () => {
      for (const lang of ["en", "zh"] as const) {
        const out = join(folder, `report-${lang}.html`);
        if (one[1].startsWith("pretraining"))
          expect(await refusal(report(folder, { lang, out }))).toMatch(
            /^RunError: a pretraining .* has no report/,
          );
        else {
          expect((await report(folder, { lang, out })).status).toBe("done");
          expect(readFileSync(out, "utf8")).toContain("</html>");
        }
      }
    });

    test("returns its result when it is resumed, or says what is gone", { timeout }, async () => {
      if (study) {
        expect(await refusal(resume(resumed))).toMatch(/Error: there is no file or folder "?ROOT.*\n./);
        // A refused resume changes nothing: a finished study stays finished.
        if (!one[1].startsWith("pretraining")) expect((await report(resumed)).status).toBe("done");
      } else expect(await resume(resumed)).toEqual(resultIn(resumed));
    });
  });

  describe.each(all.filter(([, name]) => name === runWithWeights))("%s %s", (...one: OldRun) => {
    test("scores as it did then", { timeout }, async () => {
      const folder = copyOldRun(one, join(root, `${one[0]}-scored`));
      const { test: then } = resultIn(folder) as {
        readonly test: { readonly accuracy: number; readonly loss: number };
      };
      const scored = await evaluate(folder, await toy("pictures"), { threads: 1 });
      if (scored.task !== "image-classification") throw new Error(scored.task);
      expect(scored.test.accuracy).toBe(then.accuracy);
      expect(scored.test.loss).toBeCloseTo(then.loss, 4);
    });
  });

  describe.each(all.filter(([, name]) => name === stoppedRun))("%s %s", (...one: OldRun) => {
    test("is resumed to the weights that its version reached without a stop", { timeout }, async () => {
      const folder = copyOldRun(one, join(root, `${one[0]}-resumed`));
      const data = await toy("pictures");
      const base = await toy("other-picture-base");
      expect(await refusal(resume(folder))).toMatch(
        /^DataError: there is no file or folder "ROOT.*pictures"\n./,
      );
      await resume(folder, { data, base, threads: 1 });
      const whole = copyOldRun([one[0], runWithWeights], join(root, `${one[0]}-whole`));
      const [resumed, expected] = [weightsIn(folder), weightsIn(whole)];
      expect([...resumed.keys()]).toEqual([...expected.keys()]);
      for (const [name, { data: values }] of expected) {
        const now = Array.from(resumed.get(name)!.data, Number);
        // Another machine adds float32 in another order.
        Array.from(values, Number).forEach((value, i) => {
          expect(Math.abs(now[i]! - value), `${name}[${i}]`).toBeLessThan(
            1e-4 * Math.max(1, Math.abs(value)),
          );
        });
      }
    });
  });

  test("a run whose weights are gone is not evaluated, and the reason is said", { timeout }, async () => {
    const one = finished.find(([, name]) => name === "picture-classes-finetune")!;
    const folder = copyOldRun(one, join(root, "without-weights"));
    expect(await refusal(evaluate(folder, await toy("pictures")))).toMatch(
      /^ModelError: the run ROOT.* has no model yet\n./,
    );
  });
}
