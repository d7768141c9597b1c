// Features of every task with a base: initial weights of another model, and averages of weights.
// @module-tag thorough
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { renderAnyResult } from "../../src/cli/render/render-result.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { type ResultOf, report, type TrainOptions } from "../../src/index.js";
import { type ToyTask, trainToy } from "../characterisation/tasks.js";
import { toysIn } from "../characterisation/toys.js";

const root = mkdtempSync(join(tmpdir(), "engraft-every-task-"));
const path = (...parts: string[]): string => join(root, ...parts);
const toy = toysIn(path("toys"));
beforeAll(() => {
  process.env.ENGRAFT_CACHE = path("cache");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Trains a toy task into a folder. */
async function trained(task: ToyTask, name: string, options: TrainOptions): Promise<ResultOf> {
  const { result } = await trainToy(task, options, { toy, out: path(task, name), onEvent: () => undefined });
  return result as ResultOf;
}

const isOfHead = (name: string): boolean => name.startsWith("engraft/head/");
const weightsOf = (model: string) =>
  fromOnnx(readFileSync(join(model, "onnx/model.onnx"))).graph.initializers;
const page = ({ run }: ResultOf): string => readFileSync(join(run, "report.html"), "utf8");
const card = ({ model }: ResultOf): string => readFileSync(join(model, "README.md"), "utf8");

/** Tasks with a base, and whether the rows of their head have names. */
const tasks: readonly (readonly [ToyTask, named: boolean])[] = [
  ["picture-classes", true],
  ["picture-numbers", false],
  ["picture-labels", true],
  ["text-classes", true],
  ["text-labels", true],
  ["entities", true],
];

describe.each(tasks)("%s", (task, named) => {
  let old: ResultOf;

  beforeAll(async () => {
    old = await trained(task, "old", {
      ...{ strategy: "full", epochs: 4, lr: 0.01, average: "swa" },
      option: { swaFrom: 0.5 },
    });
  });

  test("the average of weights is in the result, the report in both languages, the card and the output", async () => {
    const { average } = old;
    expect(average).toMatchObject({ kind: "swa", epochs: [3, 4] });
    const { loss, ...score } = average!.validation;
    expect(Object.keys(score)).toEqual([
      task === "picture-numbers" ? "r2" : named && "f1" in old.validation ? "f1" : "accuracy",
    ]);
    expect(Number.isFinite(loss)).toBe(true);
    expect(page(old)).toContain("swa of epochs 3, 4");
    expect(card(old)).toMatch(
      /^- Average: swa of epochs 3, 4, (accuracy|F1|R²) [\d.-]+( %)? on validation, (not )?kept/m,
    );
    await report(old.run, { lang: "zh", out: path(task, "zh.html") });
    expect(readFileSync(path(task, "zh.html"), "utf8")).toContain("第 3, 4 轮的 swa");
    expect((await renderAnyResult(old)).join("\n")).toContain("swa of epochs 3, 4: validation ");
  });

  test("a run starts from the weights of another model", async () => {
    // The last epoch, because the probe of a toy task may stay the best.
    const other = await trained(task, "other", {
      ...{ strategy: "full", epochs: 2, lr: 0.01 },
      option: { keep: "last" },
    });
    const alone = await trained(task, "alone", { strategy: "probe" });
    const run = await trained(task, "from", { strategy: "probe", initFrom: other.model });
    expect(run.init!.matched).toBeGreaterThan(3);
    expect(page(run)).toContain("Weights from another model");
    const [before, own, now] = [weightsOf(other.model), weightsOf(alone.model), weightsOf(run.model)];
    const dataOf = (weights: typeof now, name: string): string => String(weights.get(name)?.data);
    const moved = [...now.keys()].filter(
      (name) => !isOfHead(name) && dataOf(own, name) !== dataOf(before, name),
    );
    expect(moved.length).toBeGreaterThan(3);
    for (const name of moved) expect(now.get(name), name).toEqual(before.get(name));
    expect(run.validation.loss).not.toBe(alone.validation.loss);
  });

  test(
    named
      ? "rows of the old head with the same names are used again"
      : "a head of numbers has no rows to use again",
    async () => {
      const again = trained(task, "again", { strategy: "probe", initFrom: old.model, initHead: "reuse" });
      if (!named)
        return expect(again).rejects.toThrow(
          "the option initHead is for classes, labels and tags of pictures and texts",
        );
      expect((await again).init!.head).toMatch(/the other model's rows for \d+ of \d+ classes/);
    },
  );
});
