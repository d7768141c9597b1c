// A model whose backbone is trained on a target without labels, and without the data of its source.
// @module-tag thorough
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { adaptModel, evaluate, resume, train } from "../../src/index.js";
import { opaque, smallNet, tinyBase, tinyData } from "../support/fixtures.js";
import { picture } from "../support/pictures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-shot-"));
const at = (...parts: string[]): string => join(root, ...parts);
const quick = { threads: 1 } as const;
const how = { ...quick, method: "shot", lr: 0.01, batchSize: 16, epochs: 6 } as const;

/** Pictures of the classes of `tinyData` by another camera: its red is dark. */
async function shifted(folder: string, count: number, from: number): Promise<void> {
  for (const [c, name] of ["ant", "bee"].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) {
      const tint = [0, 1, 2].map((channel) => (channel === c ? 1 : 0.6) * (channel === 0 ? dark : 1));
      await picture(from + c * count + i)
        .linear(tint, [0, 0, 0])
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
}
const dark = 0.7;

let adapted: Awaited<ReturnType<typeof adaptModel>>;
beforeAll(async () => {
  process.env.ENGRAFT_CACHE = at("cache");
  tinyBase(at("base"));
  await tinyData(at("source"), { ant: 40, bee: 40 });
  await shifted(at("target"), 50, 500);
  const own = { ...quick, strategy: "probe", baselines: false } as const;
  await train(at("source"), { ...own, base: at("base"), out: at("model") });
  adapted = await adaptModel(at("model"), at("target"), { ...how, out: at("adapted") });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const weightsOf = (model: string) =>
  fromOnnx(readFileSync(join(model, "onnx", "model.onnx"))).graph.initializers;

test("a shift is corrected: the backbone moves, and the head stays", async () => {
  const run = adapted;
  expect(run.gain!.models_ci95![0]).toBeGreaterThan(0);
  expect(run.training!.recipe).toContain("the head of the model, frozen");
  expect(run.training!.recipe).toContain("the last epoch is kept");
  expect(readFileSync(join(run.model, "README.md"), "utf8")).toContain(`Recipe: ${run.training!.recipe}`);
  const [before, after] = [at("model", "model"), run.model].map(weightsOf);
  const moved = [...before!].filter(([name, { data }]) => String(after!.get(name)?.data) !== String(data));
  expect(moved.length).toBeGreaterThan(3);
  expect(moved.filter(([name]) => name.startsWith("engraft/head/"))).toEqual([]);
  const scored = await evaluate(run.model, at("target"), quick);
  if (!("confusion" in scored.test)) throw new Error(scored.task);
  expect(scored.test.confusion).toEqual(run.test!.confusion);
});

test("a training that ends with one class for all samples says so", async () => {
  const warnings: string[] = [];
  const run = await adaptModel(at("model"), at("target"), {
    ...{ ...how, lr: 20, epochs: 2, out: at("one-class") },
    onEvent: (event) => void (event.event === "warning" && warnings.push(event.message)),
  });
  const only = run.shares.find(({ share }) => share === 1)!.name;
  expect(warnings.join("\n")).toContain(
    `the adapted model predicts "${only}" for all pictures of the target: it is of no use.`,
  );
});

test("labels of the target do nothing, and its copies are learnt once and all scored", async () => {
  for (const name of ["ant", "bee"]) {
    mkdirSync(at("mixed", name), { recursive: true });
    for (const [i, file] of readdirSync(at("target", name)).entries())
      cpSync(at("target", name, file), at("mixed", i % 3 > 0 ? "ant" : "bee", `${name}-${file}`));
  }
  cpSync(at("target", "ant", "0.png"), at("mixed", "ant", "a-copy.png"));
  const run = await adaptModel(at("model"), at("mixed"), { ...how, out: at("of-mixed") });
  const [own, whole] = [run.model, at("adapted", "model")].map((model) =>
    readFileSync(join(model, "onnx", "model.onnx")),
  );
  expect(own!.equals(whole!)).toBe(true);
  const scored = await evaluate(run.model, at("mixed"), quick);
  if (!("confusion" in scored.test)) throw new Error(scored.task);
  expect([run.target.n, scored.test.confusion]).toEqual([101, run.test!.confusion]);
});

test.each(["within an epoch", "after an epoch"])(
  "a run that was stopped %s ends with the same bits",
  async (when) => {
    const out = at(when.replaceAll(" ", "-"));
    await stopRun(
      (stop) => adaptModel(at("model"), at("target"), { ...how, out, ...stop }),
      (event) => {
        const isStep = event.event === "progress" && event.unit === "steps" && event.done > 7;
        return when === "within an epoch" ? isStep && event.done % 7 > 0 : event.event === "epoch";
      },
    );
    await resume(out);
    const [own, whole] = [out, at("adapted")].map((run) =>
      readFileSync(join(run, "model", "onnx", "model.onnx")),
    );
    expect(own!.equals(whole!)).toBe(true);
  },
);

test("a model that was trained with its own statistics first gets those of the target", async () => {
  const own = { ...quick, strategy: "finetune", batchNorm: "train", epochs: 1, baselines: false } as const;
  await train(at("source"), { ...own, base: at("base"), out: at("tuned") });
  const run = await adaptModel(at("tuned"), at("target"), { ...how, epochs: 1, out: at("normed") });
  expect(run.training!.recipe).toContain("BatchNorm adapted");
  // The red of the target is dark, so the mean of the first convolution's outputs is another one.
  const [before, after] = [at("tuned", "model"), run.model].map(weightsOf);
  expect(after!.get("stem/norm.mean")!.data).not.toEqual(before!.get("stem/norm.mean")!.data);
});

test("a model whose backbone has no gradient is refused", async () => {
  const round = (g: Parameters<NonNullable<Parameters<typeof smallNet>[0]>>[0], x: string) =>
    opaque(g, "Round", [x], g.graph.typeOf(x));
  tinyBase(at("rounded"), smallNet(round));
  await train(at("source"), {
    ...quick,
    strategy: "probe",
    baselines: false,
    base: at("rounded"),
    out: at("fixed"),
  });
  await expect(adaptModel(at("fixed"), at("target"), { ...how, out: at("refused") })).rejects.toMatchObject({
    message: expect.stringMatching(/^shot trains the backbone of the model: /),
    help: expect.stringContaining("label-shift"),
  });
});
