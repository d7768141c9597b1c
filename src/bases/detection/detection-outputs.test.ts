import { expect, test } from "vitest";
import { drawRaw, gridPlaces, rawModel } from "../../../test/support/raw-detections.js";
import type { Size } from "../../data/boxes/box.js";
import { fromOnnx, toOnnx } from "../../graph/index.js";
import { fitWebGpu } from "../../graph/passes/fit-webgpu.js";
import { storedAs } from "../weight-storage.js";
import { decodePlaces } from "./decode-places.js";
import { withDetections } from "./detection-outputs.js";
import type { DetectionOptions } from "./detection-settings.js";
import { namedDetections, readDetections } from "./read-detections.js";

type Ort = typeof import("onnxruntime-web");
const runtimes = ["onnxruntime-node", "onnxruntime-web"] as const;

async function session(file: string, bytes: Uint8Array) {
  const ort = (await import(file)) as Ort;
  if (file === "onnxruntime-web") ort.env.wasm.numThreads = 1;
  const one = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 3 });
  return async (batch: readonly Float32Array[], columns: number) => {
    const [places, data] = [batch[0]!.length / columns, new Float32Array(batch.length * batch[0]!.length)];
    batch.forEach((one, i) => {
      data.set(one, i * one.length);
    });
    const raw = new ort.Tensor("float32", data, [batch.length, places, columns]);
    const { logits, pred_boxes: boxes } = await one.run({ raw });
    return batch.map((_, i) => {
      const of = (t: { data: unknown } | undefined) => {
        const values = t!.data as Float32Array;
        return values.subarray((i * values.length) / batch.length, ((i + 1) * values.length) / batch.length);
      };
      return { logits: of(logits), boxes: of(boxes) };
    });
  };
}

/** Opens the exported graph; returns the detections of each image of a batch. */
async function opened(file: string, options: DetectionOptions, size: Size = options.input) {
  const { classes } = options;
  const model = withDetections(rawModel(options.places.count, classes), options);
  const run = await session(file, toOnnx(model));
  return async (...batch: readonly Float32Array[]) =>
    (await run(batch, classes + 4)).map(({ logits, boxes }) => readDetections(logits, boxes, classes, size));
}

function expectSame(
  given: ReturnType<typeof readDetections>,
  wanted: ReturnType<typeof readDetections>,
): void {
  expect(given.map(({ label }) => label)).toEqual(wanted.map(({ label }) => label));
  for (const [i, { score, box }] of given.entries()) {
    // Softmax of float32 logits
    expect(Math.abs(score - wanted[i]!.score)).toBeLessThan(1e-6);
    for (const [side, v] of box.entries()) expect(Math.abs(v - wanted[i]!.box[side]!)).toBeLessThan(1e-4);
  }
}

const input = { width: 160, height: 128 };
const places = gridPlaces(input);
const base = { places, input };
const scalingOf = (classes: number) =>
  Array.from({ length: classes }, (_, k) => ({ slope: 0.5 + k / classes, offset: k % 2 ? -0.4 : 0.3 }));

const cases: readonly (readonly [string, DetectionOptions, number])[] = [
  ["few boxes, 3 classes", { ...base, classes: 3 }, -7],
  ["crowded, 3 classes", { ...base, classes: 3 }, 0],
  ["one class", { ...base, classes: 1 }, -3],
  ["80 classes", { ...base, classes: 80 }, -7],
  ["calibrated", { ...base, classes: 4, scaling: scalingOf(4) }, -3],
  ["few candidates, and few rows", { ...base, classes: 3, candidates: 40, most: 7 }, 0],
  ["other thresholds", { ...base, classes: 3, threshold: 0.3, iou: 0.3 }, -1],
];

test.each(cases)("the host gives the detections of the exported graph: %s", async (_, options, mean) => {
  const batch = [1, 2, 3].map((seed) => drawRaw(seed, places.count, options.classes, mean));
  for (const file of runtimes) {
    const run = await opened(file, options);
    const given = await run(...batch);
    for (const [i, one] of given.entries()) {
      expect(one.length).toBeGreaterThan(2);
      expectSame(one, decodePlaces(batch[i]!, options));
    }
    // In a batch as alone.
    expect(await run(batch[1]!)).toEqual([given[1]]);
  }
});

/** Raw output in which every place says nothing, but for some: [place, logits, distances]. */
function only(
  classes: number,
  rows: readonly (readonly [number, readonly number[], readonly number[]])[],
): Float32Array {
  const raw = new Float32Array(places.count * (classes + 4));
  for (let p = 0; p < places.count; p++) raw.fill(-20, p * (classes + 4), p * (classes + 4) + classes);
  for (const [place, logits, distances] of rows) raw.set([...logits, ...distances], place * (classes + 4));
  return raw;
}

const logit = (p: number) => Math.log(p / (1 - p));

test("a box is its point and the exponential of its distances in cells, cut at the edges of the image", async () => {
  const options = { ...base, classes: 2 };
  // Place 21 is column 1, row 1 of the level with stride 8: the point (12, 12). Limits are exp(±6) cells.
  const raw = only(2, [
    [21, [logit(0.9), -20], [-1, -2, 0.5, 1]],
    [8, [-20, logit(0.4)], [9, -9, 9, 0]],
  ]);
  const size = { width: 320, height: 64 };
  const [given] = await (await opened("onnxruntime-node", options, size))(raw);
  const wanted = [
    {
      ...{ label: 0, score: 0.9 },
      box: [
        2 * (12 - 8 / Math.E),
        0.5 * (12 - 8 / Math.E ** 2),
        2 * (12 + 8 * Math.exp(0.5)),
        0.5 * (12 + 8 * Math.E),
      ] as const,
    },
    { label: 1, score: 0.4, box: [0, 0.5 * (4 - 8 * Math.exp(-6)), 320, 6] as const },
  ];
  expectSame(given!, wanted);
  expectSame(decodePlaces(raw, options, size), wanted);
});

test("equal scores keep the order of the classes, then of the places; equal boxes suppress each other in a class only", async () => {
  const options = { ...base, classes: 2 };
  const z = logit(0.7);
  const raw = only(2, [
    [40, [z, -20], [0, 0, 0, 0]],
    [41, [z, -20], [0, 0, 0, 0]],
    // The same box as that of place 41, from its right neighbour.
    [42, [z, z], [Math.log(2), 0, -9, 0]],
    [60, [z, z], [0, 0, 0, 0]],
  ]);
  for (const file of runtimes) {
    const [given] = await (await opened(file, options))(raw);
    expect(given!.map(({ label }) => label)).toEqual([0, 0, 0, 1, 1]);
    expectSame(given!, decodePlaces(raw, options));
  }
});

test("an image without detections gives none, and rows that every reader drops", async () => {
  const options = { ...base, classes: 3 };
  const raw = only(3, []);
  for (const file of runtimes) {
    const run = await session(file, toOnnx(withDetections(rawModel(places.count, 3), options)));
    const [empty, full] = await run([raw, drawRaw(1, places.count, 3, -3)], 7);
    expect(readDetections(empty!.logits, empty!.boxes, 3, input)).toEqual([]);
    expect(readDetections(full!.logits, full!.boxes, 3, input).length).toBeGreaterThan(10);
    const row = empty!.logits.subarray(0, 103);
    expect([...row].map((v) => v === (row.indexOf(v) === 102 ? 0 : -1e4))).not.toContain(false);
  }
  expect(decodePlaces(raw, options)).toEqual([]);
});

test("a score at the threshold is dropped, one above it is kept", async () => {
  const options = { ...base, classes: 1, threshold: 0.5 };
  const at = (z: number) => only(1, [[30, [z], [0, 0, 0, 0]]]);
  const run = await opened("onnxruntime-node", options);
  for (const [z, count] of [
    [0, 0],
    [1e-3, 1],
  ] as const) {
    expect((await run(at(z)))[0]).toHaveLength(count);
    expect(decodePlaces(at(z), options)).toHaveLength(count);
  }
});

test("the file read back and stored with 16-bit weights keeps its points", async () => {
  const options = { ...base, classes: 3 };
  const raw = drawRaw(4, places.count, 3, -4);
  const { graph } = fromOnnx(toOnnx(withDetections(rawModel(places.count, 3), options)));
  const run = await session(
    "onnxruntime-node",
    toOnnx(graph, { storeAs: storedAs(graph, "fp16", new Map()) }),
  );
  const [{ logits, boxes }] = (await run([raw], 7)) as [{ logits: Float32Array; boxes: Float32Array }];
  expectSame(readDetections(logits, boxes, 3, input), decodePlaces(raw, options));
});

test("the form for a graphics device gives the same detections", async () => {
  const options = { ...base, classes: 3 };
  const raw = drawRaw(5, places.count, 3, -4);
  const model = fitWebGpu(withDetections(rawModel(places.count, 3), options));
  const run = await session("onnxruntime-node", toOnnx(model));
  const [{ logits, boxes }] = (await run([raw], 7)) as [{ logits: Float32Array; boxes: Float32Array }];
  expectSame(readDetections(logits, boxes, 3, input), decodePlaces(raw, options));
});

test("detections have the names of their classes, and those below a threshold are left out", () => {
  const detections = [
    { label: 1, score: 0.5, box: [1.236, 2, 3.999, 4] as const },
    { label: 0, score: 0.4, box: [0, 0, 1, 1] as const },
  ];
  expect(namedDetections(detections, ["ant", "bee"], 0.5)).toEqual([
    { score: 0.5, label: "bee", box: { xmin: 1.24, ymin: 2, xmax: 4, ymax: 4 } },
  ]);
  expect(namedDetections(detections, ["ant", "bee"])).toHaveLength(2);
});

test("refuses an output of another shape, and options out of range", () => {
  const raw = rawModel(10, 3);
  expect(() => withDetections(raw, { ...base, classes: 3 })).toThrow(
    'the output "logits" is float32[batch, 10, 7], not float32[batch, 420, 7]',
  );
  const decode = (more: Partial<DetectionOptions>) => () =>
    decodePlaces(new Float32Array(420 * 5), { ...base, classes: 1, ...more });
  expect(decode({ classes: 2 })).toThrow("the output of an image has 2100 numbers, not 2520");
  expect(decode({ threshold: 0.005 })).toThrow("the detection option threshold is 0.005");
  expect(decode({ iou: Number.NaN })).toThrow("the detection option iou is NaN");
  expect(decode({ scaling: [] })).toThrow("1 classes need 1 scalings, got 0");
  expect(decode({ scaling: [{ slope: 0, offset: 1 }] })).toThrow("the scaling of class 0 has slope 0");
  expect(() => readDetections(new Float32Array(9), new Float32Array(8), 3, input)).toThrow(
    "8 box coordinates and 9 logits do not fit 3 classes",
  );
});
