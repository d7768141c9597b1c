// The teacher's predictions for every training image: logits of linear heads on the features of real bases. Each image
// is predicted by a head that was trained without it (K folds).
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { permutation } from "../../dist/core/random.js";
import { Builder } from "../../dist/graph/builder.js";
import { Graph } from "../../dist/graph/graph.js";
import { promote } from "../../dist/graph/surgery/index.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { loopModel } from "../../dist/graph/to-onnx-loop.js";
import { adamW, oneCycle } from "../../dist/optim/index.js";
import { runSteps } from "../../dist/train/loop.js";
import { classification } from "../../dist/train/objectives/objective.js";
import { buildStep } from "../../dist/train/step/step.js";
import { teacherFeatures } from "./teacher-features.mjs";

const batch = 256;

/** scores = x W + b, initialised with zeros. */
function linear(width, classes) {
  const graph = new Graph("teacher");
  const g = new Builder(graph, "teacher");
  const x = graph.input("x", { dtype: "float32", shape: ["batch", width] });
  const zeros = (dims) => ({ dtype: "float32", dims, data: new Float32Array(dims.reduce((a, b) => a * b)) });
  const weight = g.weight("weight", zeros([width, classes]));
  const bias = g.weight("bias", zeros([classes]));
  graph.outputs.push(g.gemm(x, weight, bias));
  return { graph, weight, bias };
}

function gather({ rows, width }, indices) {
  const data = new Float32Array(indices.length * width);
  for (const [i, index] of indices.entries())
    data.set(rows.subarray(index * width, (index + 1) * width), i * width);
  return { dtype: "float32", dims: [indices.length, width], data };
}

/** Trains one head on some images. @returns its scores of other features */
async function trainHead(features, labels, own, classes, { seed, teacher, runtime }) {
  const { graph, weight, bias } = linear(features.width, classes);
  const step = buildStep({
    model: graph,
    batch,
    trainable: [
      { value: weight, group: 0, decay: true },
      { value: bias, group: 0, decay: false },
    ],
    objective: classification({ smoothing: 0.1 }),
    optimizer: adamW({ weightDecay: teacher.decay }),
    batchNorm: "frozen",
  });
  const session = await runtime.training(
    loopModel(step.graph, {
      state: step.state,
      perStep: step.perStep,
      scalars: step.scalars,
      steps: "steps",
    }),
    { state: new Map(step.state.map((s) => [s.input, s.initial])) },
  );
  const stepsPerEpoch = Math.floor(own.length / batch);
  const totalSteps = teacher.epochs * stepsPerEpoch;
  async function* feeds() {
    for (let epoch = 0; epoch < teacher.epochs; epoch++) {
      const order = permutation(own.length, seed, "teacher order", epoch);
      for (let s = 0; s < stepsPerEpoch; s++) {
        const indices = Array.from({ length: batch }, (_, i) => own[order[s * batch + i]]);
        yield {
          "train.x": gather(features, indices),
          "train.labels": {
            dtype: "int64",
            dims: [batch],
            data: BigInt64Array.from(indices, (i) => BigInt(labels[i])),
          },
          "train.weights": { dtype: "float32", dims: [batch], data: new Float32Array(batch).fill(1) },
        };
      }
    }
  }
  const schedule = oneCycle({});
  await runSteps({
    session,
    step,
    totalSteps,
    from: 0,
    to: totalSteps,
    schedule,
    rates: [teacher.rate],
    feeds: feeds(),
  });
  const evaluator = await session.evaluator(toOnnx(promote(graph, [weight, bias])));
  return {
    async scores(of, indices) {
      const out = await evaluator.run({ x: gather(of, indices) });
      return Object.values(out)[0].data;
    },
    dispose: () => session.dispose(),
  };
}

/** @returns {Promise<{ scores: Float32Array, facts: object }>} logits float32[N, C], and the teacher's accuracy */
export async function softLabels(folder, parts, state, { recipe, teacher, platform, runtime }) {
  const file = join(state, "teacher.scores.f32");
  const factsFile = join(state, "teacher.json");
  if (existsSync(factsFile))
    return {
      scores: new Float32Array(new Uint8Array(readFileSync(file)).buffer),
      facts: JSON.parse(readFileSync(factsFile, "utf8")),
    };
  const features = await teacherFeatures(folder, parts, state, { platform, runtime });
  const { labels, classes } = parts.train;
  const [n, c] = [labels.length, classes.length];
  const scores = new Float32Array(n * c);
  let heldRight = 0;
  for (let fold = 0; fold < teacher.folds; fold++) {
    const all = Array.from({ length: n }, (_, i) => i);
    const others = all.filter((i) => i % teacher.folds !== fold);
    const left = all.filter((i) => i % teacher.folds === fold);
    const head = await trainHead(features.train, labels, others, c, { seed: recipe.seed, teacher, runtime });
    for (let first = 0; first < left.length; first += batch) {
      const indices = left.slice(first, first + batch);
      const rows = await head.scores(features.train, indices);
      for (const [i, index] of indices.entries()) scores.set(rows.subarray(i * c, (i + 1) * c), index * c);
    }
    for (let first = 0; first < parts.val.labels.length; first += batch) {
      const indices = Array.from(
        { length: Math.min(batch, parts.val.labels.length - first) },
        (_, i) => first + i,
      );
      heldRight += right(await head.scores(features.val, indices), indices, parts.val.labels, c);
    }
    await head.dispose();
  }
  const everything = Array.from({ length: n }, (_, i) => i);
  const facts = {
    width: features.train.width,
    /** Training images: each by the head that did not see it; held-back images: mean of the heads. */
    left_out: right(scores, everything, labels, c) / n,
    held_back: heldRight / teacher.folds / parts.val.labels.length,
  };
  writeFileSync(file, Buffer.from(scores.buffer));
  writeFileSync(`${factsFile}.tmp`, JSON.stringify(facts));
  renameSync(`${factsFile}.tmp`, factsFile);
  return { scores, facts };
}

/** Number of rows whose largest score is that of the label. */
function right(rows, indices, labels, c) {
  let count = 0;
  indices.forEach((index, i) => {
    const row = rows.subarray(i * c, (i + 1) * c);
    if (row.indexOf(Math.max(...row)) === labels[index]) count++;
  });
  return count;
}
