// The model folder opens in Transformers.js, which answers as Engraft does: same label, same probabilities.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { env, pipeline } from "@huggingface/transformers";
import * as ort from "onnxruntime-node";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngraftManifest, readModelFolder, writeModelFolder } from "../../src/bases/index.js";
import { withPixels } from "../../src/bases/pixels.js";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { decodePixels, type ImagePreprocessing } from "../../src/data/index.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { loadModel, train } from "../../src/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import { once } from "../support/fixtures.js";

const classes = ["ant", "bee", "wasp", "fly"];
const height = 48;
const width = 64;

/** conv 3x3 stride 2, relu, pooled, linear: random weights, large enough that answers differ. */
function randomClassifier(): Graph {
  const d = draws(7, "transformers-js test");
  const normal = (dims: readonly number[], scale: number) =>
    float32(
      dims,
      Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => d.normal() * scale),
    );
  const graph = new Graph("random");
  const g = new Builder(graph);
  const x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, height, width] });
  const conv = g.conv(x, g.weight("conv.weight", normal([8, 3, 3, 3], 0.5)), undefined, {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  const pooled = g.flatten(g.globalAveragePool(g.relu(conv)));
  const [logits] = g.nodes(
    "Gemm",
    [pooled, g.weight("fc.weight", normal([8, classes.length], 1)), g.weight("fc.bias", normal([4], 0.1))],
    { alpha: 1, beta: 1, transA: false, transB: false },
    ["logits"],
  );
  graph.outputs.push(logits!);
  return graph;
}

const engraft: EngraftManifest = {
  format: 1,
  task: "image-classification",
  base: { name: "random", sha256: "0".repeat(64), license: "none" },
  strategy: { name: "none", reasons: [] },
  versions: {},
  split: { train: 0, validation: 0, test: 0, seed: 0 },
  data: { fingerprint: "", test_fingerprint: "" },
  seed: 0,
};

const pictures: string[] = [];
const root = mkdtempSync(join(tmpdir(), "engraft-transformers-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A blob of colour with noise. */
async function picture(i: number, w: number, h: number, path: string): Promise<void> {
  const d = draws(i, "picture");
  const data = Uint8Array.from({ length: w * h * 3 }, (_, k) => {
    const [column, channel] = [Math.floor(k / 3) % w, k % 3];
    return 128 + 100 * Math.sin((column / w) * (3 + i) + channel * (i + 1)) + d.integer(27);
  });
  const image = sharp(data, { raw: { width: w, height: h, channels: 3 } });
  await (path.endsWith(".jpg") ? image.jpeg({ quality: 85 }) : image.png()).toFile(path);
}

beforeAll(async () => {
  // Blobs of colour with noise, in shapes that are neither the model's nor square.
  for (const [i, [w, h, format]] of (
    [
      [200, 120, "jpg"],
      [120, 333, "png"],
      [64, 48, "png"],
      [31, 20, "jpg"],
    ] as const
  ).entries()) {
    const path = join(root, `${i}.${format}`);
    await picture(i, w, h, path);
    pictures.push(path);
  }
  env.allowRemoteModels = false;
});

const rgb: ImagePreprocessing = {
  height,
  width,
  rescale: 1 / 255,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  channels: "rgb",
};

test.each([
  ["RGB", rgb],
  [
    "BGR with pixels 0..255",
    { ...rgb, rescale: 1, mean: [104, 117, 123], std: [50, 60, 70], channels: "bgr" },
  ],
] as const)(
  "%s: the pipeline gives the same label and the same probabilities within 1e-3",
  async (name, preprocessing) => {
    const dir = join(root, name.slice(0, 3));
    const model = randomClassifier();
    const content = { onnx: toOnnx(model), classes, preprocessing, card: "# random\n", engraft, samples: {} };
    await writeModelFolder(nodePlatform, dir, content);
    const folder = await readModelFolder(nodePlatform, dir);
    const session = await ort.InferenceSession.create(toOnnx(withPixels(model, folder.preprocessing)));
    const classifier = await pipeline("image-classification", dir, { local_files_only: true });

    const labels = new Set<string>();
    for (const path of pictures) {
      const theirs = (await classifier(path, { top_k: classes.length })) as {
        label: string;
        score: number;
      }[];

      const { data } = await decodePixels(path, folder.preprocessing);
      const outputs = await session.run({ pixels: new ort.Tensor("uint8", data, [1, height, width, 3]) });
      const exps = Array.from(outputs[session.outputNames[0]!]!.data as Float32Array, Math.exp);
      const ours = exps.map((e) => e / exps.reduce((a, b) => a + b, 0));

      for (const { label, score } of theirs)
        expect(Math.abs(score - ours[classes.indexOf(label)]!)).toBeLessThan(1e-3);
      expect(theirs[0]!.label).toBe(classes[ours.indexOf(Math.max(...ours))]);
      expect(Math.max(...ours)).toBeLessThan(0.999);
      labels.add(theirs[0]!.label);
    }
    await classifier.dispose();
  },
);

const tuned = once(async () => {
  const base = join(root, "base");
  await writeModelFolder(nodePlatform, base, {
    onnx: toOnnx(randomClassifier()),
    classes,
    preprocessing: rgb,
    card: "",
    engraft,
    samples: {},
  });
  for (const [k, label] of ["even", "odd"].entries()) {
    mkdirSync(join(root, "data", label), { recursive: true });
    for (let i = 0; i < 10; i++)
      await picture(
        2 * i + k,
        40 + 3 * i,
        30 + i,
        join(root, "data", label, `${i}.${i % 2 ? "jpg" : "png"}`),
      );
  }
  return train(join(root, "data"), {
    ...{ base, epochs: 1, batchSize: 4, cache: false, threads: 1, out: join(root, "run") },
  });
});

test("a model that was fine-tuned here answers there as it answers here", {
  tags: ["thorough"],
}, async () => {
  const run = await tuned();
  const model = await loadModel(run.model, { threads: 1 });
  const classifier = await pipeline("image-classification", run.model, { local_files_only: true });
  for (const path of pictures) {
    const theirs = (await classifier(path)) as { label: string; score: number }[];
    const ours = await model.predict(path);
    expect(theirs.map((t) => t.label)).toEqual(ours.map((o) => o.label));
    for (const [i, { score }] of theirs.entries())
      expect(Math.abs(score - ours[i]!.score)).toBeLessThan(1e-3);
  }
  await model.close();
  await classifier.dispose();
});

test("two folders called model open side by side in one process, as their cards say", {
  tags: ["thorough"],
}, async () => {
  const texts = join(root, "texts.csv");
  const rows = Array.from(
    { length: 24 },
    (_, i) => `a ${i % 2 ? "fine" : "poor"} book ${i},${i % 2 ? "good" : "bad"}`,
  );
  writeFileSync(texts, `text,label\n${rows.join("\n")}\n`);
  const run = await train(texts, {
    task: "text-classification",
    strategy: "probe",
    cache: false,
    threads: 1,
    out: join(root, "text-run"),
  });
  // Opened one after the other, each time from the folder that holds "model"; in another process, since threads cannot move.
  const folders = [
    { parent: dirname((await tuned()).model), question: pictures[0]!, labels: ["even", "odd"] },
    { parent: dirname(run.model), question: "a fine book", labels: ["bad", "good"] },
  ].map(({ parent, ...rest }) => {
    const card = readFileSync(join(parent, "model", "README.md"), "utf8");
    const [, task] = /pipeline\("([\w-]+)"/.exec(card)!;
    const [, folder] = /const folder = (.+);/.exec(card)!;
    return { parent, task, folder, ...rest };
  });
  for (const order of [folders, [...folders].reverse()]) {
    const script = `
      import { resolve } from "node:path";
      import { env, pipeline } from "@huggingface/transformers";
      env.allowRemoteModels = false;
      const all = [];
      ${order
        .map(
          ({ parent, task, folder, question }) => `{
            process.chdir(${JSON.stringify(parent)});
            const asked = await pipeline(${JSON.stringify(task)}, ${folder}, { local_files_only: true });
            const answers = await asked(${JSON.stringify(question)}, { top_k: 2 });
            all.push(answers.map((a) => a.label).sort());
            await asked.dispose();
          }`,
        )
        .join("\n")}
      console.log(JSON.stringify(all));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    expect(JSON.parse(stdout)).toEqual(order.map(({ labels }) => labels));
  }
});
