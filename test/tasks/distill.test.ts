// Distillation from a teacher, end to end on a small network: every method, stored outputs, comparisons, an interruption,
// and teachers that are refused.
// @module-tag thorough
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withPixels } from "../../src/bases/pixels.js";
import type { EngraftError } from "../../src/core/errors.js";
import { float32 } from "../../src/core/tensor.js";
import { fromOnnx } from "../../src/graph/from-onnx.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import { type DistillOptions, distill, resume, type TrainOptions, train } from "../../src/index.js";
import { resampling, withResizedPixels } from "../../src/regimes/distillation/resized-pixels.js";
import { interpret } from "../../src/testing/reference/index.js";
import { errorWith } from "../support/failure.js";
import { smallNet, tinyBase, tinyData, tinyGraph } from "../support/fixtures.js";
import { stopRun } from "../support/stop-run.js";

const root = mkdtempSync(join(tmpdir(), "engraft-distill-"));
const path = (...parts: string[]) => join(root, ...parts);
const quick = { threads: 1, epochs: 2, batchSize: 8, base: path("student") };

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = path("cache");
  await tinyData(path("data"), { ant: 14, bee: 14 });
  await tinyData(path("others"), { ant: 6, wasp: 6 }, 200);
  tinyBase(path("student"));
  // A different architecture than the student: no residuals, no BatchNormalization, fewer stages.
  tinyBase(path("other family"), smallNet());
  await train(path("data"), { ...quick, base: path("other family"), out: path("teacher") });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let runs = 0;
function run(options: Partial<DistillOptions>): ReturnType<typeof distill> {
  return distill(path("data"), {
    ...quick,
    teacher: path("teacher"),
    out: path(`run ${runs++}`),
    ...options,
  });
}
const weightsIn = (model: string) =>
  fromOnnx(readFileSync(join(model, "onnx/model.onnx"))).graph.initializers;

describe.each(["soft", "hints", "attention", "relational", "soft,hints,attention,relational"] as const)(
  "by %s",
  (method) => {
    test("trains, and is compared with the same student without the teacher", async () => {
      const result = await run({ method, augment: "none" });
      const { distillation: taught, baselines, verdict } = result;
      expect(taught!.methods).toEqual(method.split(","));
      expect(taught!.teacher.name).toBe("teacher");
      expect(taught!.test!.n).toBe(result.test.n);
      expect(Object.keys(baselines!)).toEqual(["majority", "pixels", "probe", "without_teacher"]);
      expect(baselines!.without_teacher!.test.n).toBe(result.test.n);
      expect(verdict!.words).toMatch(/the (same )?student without it/);
      expect(taught!.seeds).toEqual([
        {
          seed: 0,
          accuracy: result.test.accuracy,
          without_teacher: baselines!.without_teacher!.test.accuracy,
        },
      ]);
      // Weights that serve only the training are not exported.
      expect([...weightsIn(result.model).keys()].filter((name) => name.includes("regressor"))).toEqual([]);
    });
  },
);

test("with α = 0 equals the student without the teacher, to the bit", async () => {
  const result = await run({ method: "soft", option: { alpha: 0 }, augment: "none" });
  const alone = await train(path("data"), { ...quick, augment: "none", out: path("alone") });
  expect(result.baselines!.without_teacher!.test).toEqual(alone.test);
  expect(result.test).toEqual(alone.test);
  // A loss whose teacher term has weight 0 has the same gradients.
  const [a, b] = [weightsIn(result.model), weightsIn(alone.model)];
  for (const [name, { data }] of b) expect(a.get(name)!.data).toEqual(data);
});

test("the teacher runs once per picture; a run with another temperature reads its outputs from disk", async () => {
  process.env.ENGRAFT_CACHE = path("another cache");
  const options = { method: "soft", augment: "none", comparison: false } as const;
  const first = await run(options);
  const second = await run({ ...options, option: { temperature: 7 } });
  process.env.ENGRAFT_CACHE = path("cache");
  expect(first.distillation!.answers).toMatch(/^the teacher predicted (\d+) of \1 training pictures once/);
  expect(second.distillation!.answers).toMatch(
    /^the teacher's predictions for all \d+ training pictures were in the cache/,
  );
  expect(second.verdict).toBeUndefined();
});

test("with augmentation the teacher sees the student's crops; outputs from disk are the same", async () => {
  const options = { augment: "light", comparison: false } as const;
  const [first, second] = [await run(options), await run(options)];
  expect(first.distillation!.answers).toContain("as the student sees it (augmentation light)");
  const [a, b] = [weightsIn(first.model), weightsIn(second.model)];
  for (const [name, { data }] of a) expect(b.get(name)!.data).toEqual(data);
});

test("two students without an epoch better than their start are not called the same", async () => {
  const { best_epoch, verdict, distillation } = await run({ lr: 1e-12, augment: "none", seeds: 1 });
  expect(best_epoch).toBe(0);
  expect(distillation!.seeds[0]!.without_teacher).toBe(distillation!.seeds[0]!.accuracy);
  expect(verdict!.decision).toBe("untrained");
  expect(verdict!.words).toContain(
    "No epoch improved on the start of the student with the teacher, nor of the student without it.",
  );
});

test("several seeds are compared in pairs", async () => {
  const { distillation: taught, verdict } = await run({ seeds: 2, augment: "none", epochs: 1 });
  expect(taught!.seeds.map((s) => s.seed)).toEqual([0, 1]);
  expect(verdict!.seeds).toBe(2);
});

test("resumes after a stop to the same result", async () => {
  const options = { method: "soft,hints", augment: "none" } as const;
  const whole = await run(options);
  const out = path("stopped");
  await stopRun((how) => run({ ...options, out, ...how }));
  const result = await resume(out, { threads: 1 });
  if (result.task !== "image-classification") throw new Error(result.task);
  expect(result.distillation?.seeds).toEqual(whole.distillation!.seeds);
  const [a, b] = [weightsIn(whole.model), weightsIn(result.model)];
  for (const [name, { data }] of a) expect(b.get(name)!.data).toEqual(data);
});

test("a resumed run refuses another teacher", async () => {
  cpSync(path("teacher", "model"), path("moving"), { recursive: true });
  const out = path("moved");
  await stopRun((how) => run({ teacher: path("moving"), augment: "none", out, ...how }));
  const { graph } = fromOnnx(readFileSync(path("moving/onnx/model.onnx")));
  const [weight, { dims, data }] = [...graph.initializers][0]!;
  const negative = Float32Array.from(data as Float32Array, (v) => -v);
  graph.initializers.set(weight, float32(dims, negative));
  writeFileSync(path("moving/onnx/model.onnx"), toOnnx(graph));
  await expect(resume(out, { threads: 1 })).rejects.toMatchObject({ details: { changed: "teacher" } });
});

test("a teacher with its classes in another order gives the same student", async () => {
  cpSync(path("teacher", "model"), path("turned"), { recursive: true });
  const { graph } = fromOnnx(readFileSync(path("turned/onnx/model.onnx")));
  const { Builder } = await import("../../src/graph/index.js");
  const [scores] = graph.outputs;
  const g = new Builder(graph, "turned");
  graph.outputs[0] = g.gather(scores!, g.ints([1, 0]), 1);
  writeFileSync(path("turned/onnx/model.onnx"), toOnnx(graph));
  const config = JSON.parse(readFileSync(path("turned/config.json"), "utf8"));
  writeFileSync(path("turned/config.json"), JSON.stringify({ ...config, id2label: { 0: "bee", 1: "ant" } }));
  const options = { augment: "none", comparison: false } as const;
  const [a, b] = [await run({ ...options, teacher: path("turned") }), await run(options)];
  expect(a.distillation!.test!.accuracy).toBe(b.distillation!.test!.accuracy);
  const [one, other] = [weightsIn(a.model), weightsIn(b.model)];
  for (const [name, { data }] of one) expect(other.get(name)!.data).toEqual(data);
});

test("a teacher with other classes is refused with both lists, except for methods on features", async () => {
  const { threads, base } = quick;
  await train(path("others"), { threads, base, strategy: "probe", out: path("stranger") });
  const refused = await run({ teacher: path("stranger"), out: path("refused") }).catch(
    (e: EngraftError) => e,
  );
  expect((refused as EngraftError).format()).toContain(
    "the teacher stranger knows other classes than the data has\n  at the teacher knows 2: ant, wasp; the data has 2: ant, bee",
  );
  const { distillation: taught } = await run({
    teacher: path("stranger"),
    method: "relational",
    augment: "none",
  });
  expect(taught!.test).toBeUndefined();
});

test.each([
  [{ method: "soft,sofd" }, 'there is no method of distillation "sofd"'],
  [{ method: "soft,soft" }, 'the method "soft" is named twice'],
  [{ option: { temperature: 0 } }, "option temperature of distillation by soft is 0"],
  [{ option: { nope: 1 } }, 'neither strategy "finetune" nor distillation by soft has an option nope'],
  [
    { strategy: "lwf", option: { temperature: 2 } },
    "option temperature is one of the teacher's and one of strategy \"lwf\"'s",
  ],
  [{ strategy: "probe" }, 'strategy "probe" has no steps in which a student could learn from a teacher'],
  [{ teacher: path("nowhere/") }, "the teacher cannot be opened: "],
  [{ teacher: undefined }, "distill needs a teacher"],
  [{ baselines: true }, "baselines have no place beside a teacher"],
  [{ strategy: "lora" }, { option: "strategy", needs: "adapters" }],
  [{ lr: "find" }, 'lr "find" cannot be used with a teacher'],
  [{ option: { mixup: 0.2 } }, { option: "mixup", needs: "class batches" }],
] as const)("refuses %j", async (options, expected) => {
  await expect(run({ ...(options as object), out: path("refused") })).rejects.toEqual(errorWith(expected));
});

test("accepts options of the training loop together with a teacher", async () => {
  const { distillation: taught, epochs } = await run({ sam: 0.05, accumulate: 2, average: "swa" });
  expect(taught!.methods).toEqual(["soft"]);
  expect(epochs).toBeGreaterThan(0);
});

test("has calibrated probabilities, like a run without a teacher", async () => {
  const options = { augment: "none", comparison: false } as const;
  const [plain, divided] = [await run(options), await run({ ...options, calibrate: "temperature" })];
  expect(plain.baselines).toBeUndefined();
  expect(plain.trust!.temperature).toMatchObject({ written: false });
  expect(divided.trust!.temperature).toEqual({ value: plain.trust!.temperature.value, written: true });
  expect(divided.test.loss).not.toBe(plain.test.loss);
});

test("a method without a teacher is refused", async () => {
  await expect(train(path("data"), { method: "soft" } as TrainOptions)).rejects.toThrow(
    "method has no meaning without a teacher",
  );
});

test("resizing weights are triangles as wide as the coarser pixels, and sum to 1", () => {
  for (const [to, from] of [
    [4, 8],
    [7, 5],
    [5, 7],
  ] as const) {
    const { data } = resampling(to, from, false);
    for (let i = 0; i < to; i++) {
      let sum = 0;
      for (let j = 0; j < from; j++) sum += Number(data[i * from + j]);
      expect(sum).toBeCloseTo(1, 6);
    }
  }
  // Half the size: a triangle of width 4 at ½, 3/2, … has weights 3/4, 3/4, 1/4 around a centre between two pixels.
  const { data } = resampling(2, 4, false);
  const third = [0.75, 0.75, 0.25, 0].map((w) => w / 1.75);
  for (const [j, w] of third.entries()) expect(data[j]).toBeCloseTo(w, 6);
});

test("a teacher of another image size sees a uniform picture unchanged", () => {
  const preprocessing = {
    height: 32,
    width: 32,
    rescale: 1 / 255,
    mean: [0.5, 0.4, 0.3] as const,
    std: [0.2, 0.3, 0.4] as const,
    channels: "rgb" as const,
  };
  const net = tinyGraph(2);
  net.outputs.splice(1);
  const answer = (side: number) => {
    const model =
      side === 32
        ? withPixels(net, preprocessing)
        : withResizedPixels(net, preprocessing, { height: side, width: side });
    const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => [200, 90, 17][i % 3]!);
    const out = interpret(model, { pixels: { dtype: "uint8", dims: [1, side, side, 3], data } });
    return Array.from(out.get(model.outputs[0]!)!.data as Float64Array);
  };
  const [own, other] = [answer(32), answer(20)];
  for (const [i, z] of own.entries()) expect(other[i]).toBeCloseTo(z, 5);
});

test("with α = 1 comes closer to the teacher's outputs than training on labels", async () => {
  // A teacher that differs from the labels: it classifies half of the bees as ants.
  await tinyData(path("mistaken"), { ant: 14, bee: 14 });
  for (let i = 0; i < 14; i += 2)
    cpSync(path("mistaken", "bee", `${i}.png`), path("mistaken", "ant", `bee ${i}.png`));
  for (let i = 0; i < 14; i += 2) rmSync(path("mistaken", "bee", `${i}.png`));
  const teacher = await train(path("mistaken"), { ...quick, epochs: 8, out: path("opinion") });
  const result = await run({
    teacher: teacher.run,
    option: { alpha: 1, temperature: 1 },
    augment: "none",
    epochs: 8,
    lr: 0.01,
  });
  const { loadModel } = await import("../../src/index.js");
  const answersOf = async (dir: string): Promise<number[]> => {
    const model = await loadModel(dir, { threads: 1 });
    const all: number[] = [];
    for (const kind of ["ant", "bee"])
      for (let i = 0; i < 14; i++)
        all.push((await model.predict(path("data", kind, `${i}.png`))).find((a) => a.label === "ant")!.score);
    await model.close();
    return all;
  };
  const labels = await train(path("data"), {
    ...quick,
    augment: "none",
    epochs: 8,
    lr: 0.01,
    out: path("labels"),
  });
  const [its, taught, plain] = [
    await answersOf(teacher.model),
    await answersOf(result.model),
    await answersOf(labels.model),
  ];
  const far = (a: number[]) => a.reduce((sum, p, i) => sum + Math.abs(p - its[i]!), 0) / its.length;
  expect(far(taught)).toBeLessThan(far(plain));
});
