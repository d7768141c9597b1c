// What shared runs say besides their weights: thresholds of labels, the temperature of classes, the
// record of events; one prediction and one explanation by gradients.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluate, explain, exportModel, loadModel, type ResultOf, watchRun } from "../../src/index.js";
import { engraft } from "../support/fixtures.js";
import { toyRun } from "../support/shared-runs.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "engraft-shared-models-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("evaluate decides labels by the thresholds in the model folder", async () => {
  const { data, result } = await toyRun("text-labels");
  const { model, test: own } = result as ResultOf<"multi-label-classification">;
  const strict = join(root, "strict");
  cpSync(model, strict, { recursive: true });
  const file = join(strict, "engraft.json");
  const engraft = JSON.parse(readFileSync(file, "utf8")) as { readonly labels?: object };
  // Almost no probability reaches it.
  const thresholds = (result as ResultOf<"multi-label-classification">).classes.map(() => 0.999999);
  writeFileSync(file, JSON.stringify({ ...engraft, labels: { ...engraft.labels, thresholds } }));
  expect(own.micro_f1).toBeGreaterThan(0);
  const scored = await evaluate(strict, data, { threads: 1 });
  expect(scored.test.metric.value).toBeLessThan(own.micro_f1 - 0.1);
});

test("an export with the temperature divides the logits by it", async () => {
  const { data, result } = await toyRun("picture-classes");
  const { model } = result as ResultOf<"image-classification">;
  const exported = await exportModel(model, {
    ...{ calibrate: "temperature", out: join(root, "calibrated"), threads: 1 },
  });
  expect(Math.abs(Math.log(exported.temperature!))).toBeGreaterThan(0.01);
  const scores = await Promise.all(
    [model, exported.model].map(async (dir) => {
      const opened = await loadModel(dir, { threads: 1 });
      const answers = await opened.predict(join(data, "ant/0.png"));
      await opened.close();
      return new Map(answers.map(({ label, score }) => [label, score]));
    }),
  );
  // softmax(z / T) is softmax(z)^(1/T), normalised.
  const powers = [...scores[0]!].map(([label, p]) => [label, p ** (1 / exported.temperature!)] as const);
  const sum = powers.reduce((total, [, power]) => total + power, 0);
  for (const [label, power] of powers) expect(scores[1]!.get(label)).toBeCloseTo(power / sum, 4);
});

test("the events of a run are followed by number: one that continues gets each event once", async () => {
  const { out } = await toyRun("picture-classes");
  const idsFrom = async (after: number): Promise<number[]> => {
    const ids: number[] = [];
    for await (const { id } of watchRun(out, { after })) ids.push(id);
    return ids;
  };
  const all = await idsFrom(0);
  expect(all).toEqual(all.map((_, i) => i + 1));
  expect(await idsFrom(3)).toEqual(all.slice(3));
});

test("engraft predict has a prediction for a single text", async () => {
  const { out } = await toyRun("text-classes");
  const { code, events } = await engraft(["predict", out, "the book was good", "--json"]);
  expect(code).toBe(0);
  expect(events.filter(({ event }) => event === "prediction")).toHaveLength(1);
});

test("integrated gradients of a tag sum up to the change of its probability", async () => {
  const { result } = await toyRun("entities");
  const { model } = result as ResultOf<"token-classification">;
  const text = "all the film phone was very good";
  for await (const found of explain(model, [text], { method: "ig", threads: 1 })) {
    const sum = found.words!.reduce((total, { weight = 0 }) => total + weight, 0);
    expect(found.base_value! + sum).toBeCloseTo(found.class_score, 2);
  }
});
