// A budget that is used up before the training: the solved head is the model, and the run says all that it left out.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { evaluate } from "../../src/index.js";
import { trainWithStepTime } from "../support/manual-clock.js";

const root = mkdtempSync(join(tmpdir(), "engraft-budget-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Trains where each inference takes a second. @returns the result, the warnings about the budget, and the weights that were to be trained */
async function trained(data: string, out: string, budget: number) {
  const cuts: unknown[] = [];
  let planned = 0;
  const result = await trainWithStepTime(1000)(data, {
    ...{
      out: join(root, out),
      budget,
      seed: 0,
      threads: 1,
      cache: false,
      baselines: "quick",
      strategy: "finetune",
    },
    onEvent: (event) => {
      if (event.event === "warning" && event.code === "pace") cuts.push(event.sentence);
      if (event.event === "trainable") planned = event.parameters;
    },
  });
  return { result, cuts, planned };
}

const leftOut = (budget: number) => ({ code: "training-cut-by-budget", values: { budget } });

test.each([
  ["masks", "demo-masks", 10, ["colour"]],
  ["boxes", "demo-boxes", 30, []],
  ["pictures", "demo", 3, []],
])("%s: no step is made, and the folder holds the solved head", async (name, data, budget, baselines) => {
  const { result, cuts, planned } = await trained(`assets/${data}`, name, budget);
  expect(cuts).toContainEqual(leftOut(budget));
  for (const model of baselines)
    expect(cuts).toContainEqual({ code: "model-cut-by-budget", values: { budget, model } });
  expect(result.epochs).toBe(0);
  // Only the weights of the head are learnt, not those of the base that were to be trained.
  expect(result.trainable.parameters).toBeLessThan(planned);
  const report = readFileSync(join(root, name, "report.html"), "utf8");
  expect(report).toContain("has no time for the training");
  const again = await evaluate(join(root, name), `assets/${data}`);
  expect(again).toMatchObject({ test: { n: result.test.n } });
});
