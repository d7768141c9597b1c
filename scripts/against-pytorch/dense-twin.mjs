// One training of boxes or masks in Engraft and in PyTorch: the same network, start weights, pictures, targets and recipe.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fitOfPlan } from "../../dist/methods/fit-plan.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { eachOutput } from "../../dist/tasks/dense/predict-pictures.js";
import { prepareFit } from "../../dist/train/fit.js";
import { runSteps } from "../../dist/train/loop.js";
import { writeNetwork } from "./write-network.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env.PYTHON ?? "/usr/bin/python3";
/** Rows of a step that both read, by kind of targets: the pictures, the weights of the rows, and the targets. */
const rowsOf = {
  boxes: ["x", "weights", "assigned", "distances", "counted"],
  masks: ["x", "weights", "shares", "labelled"],
};

/** Yields the feeds of the first steps: the same on every call. */
async function* feedsOf({ streams }, steps) {
  let done = 0;
  for (let epoch = 0; done < steps; epoch++)
    for await (const feeds of streams.feeds(epoch, 0)) {
      yield feeds;
      if (++done === steps) return;
    }
}

/**
 * Trains in Engraft.
 * @returns the loss of each step, and `outputs`: the network's output for each test picture if `predicts`
 */
export async function trainHere(training, steps, { predicts = false } = {}) {
  const { model, plan, objective, streams, held } = training;
  const runtime = await nodeRuntime();
  const options = fitOfPlan(plan);
  const fit = await prepareFit({
    ...{ runtime, model, ...options, ...streams, objective, stage: "twin" },
    validate: async () => ({ score: 0, loss: 0 }),
  });
  const [losses, outputs] = [[], []];
  try {
    await runSteps({
      ...{ session: fit.session, step: fit.step, totalSteps: steps, from: 0, to: steps },
      ...{ feeds: feedsOf(training, steps), schedule: options.schedule, rates: options.rates },
      onBlock: ({ each }) => void losses.push(...each.loss),
    });
    if (predicts) await eachOutput(fit.evaluate, held, (output) => void outputs.push(output.slice()));
  } finally {
    await fit.dispose();
    await runtime.close();
  }
  return { losses, outputs };
}

/**
 * Trains in PyTorch, in each of the precisions.
 * @param precisions "float32" and "float64"
 * @returns for each precision the same as {@link trainHere}
 */
export async function trainThere(kind, training, steps, precisions, { predicts = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-dense-"));
  try {
    await writeTraining(folder, kind, training, steps, predicts);
    return precisions.map((precision) => {
      const printed = execFileSync(python, [join(here, "dense.py"), folder, precision], { encoding: "utf8" });
      return { losses: JSON.parse(printed), outputs: predicts ? readOutputs(folder, training) : [] };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeTraining(folder, kind, training, steps, predicts) {
  const shapes = {};
  for await (const feeds of feedsOf(training, steps))
    for (const name of rowsOf[kind]) {
      const { dims, data } = feeds[`train.${name}`];
      shapes[name] = dims;
      append(join(folder, `${name}.rows`), data);
    }
  let tested = 0;
  if (predicts) {
    const keep = async (x) => {
      append(join(folder, "test.rows"), x.data);
      tested += x.dims[0];
      return new Float32Array(x.dims[0]);
    };
    await eachOutput(keep, training.held, () => undefined);
  }
  const { model, plan, classes, classWeights } = training;
  const more = { kind, steps, shapes, tested, classes: classes.length, class_weights: classWeights };
  writeNetwork(folder, model, plan, more);
}

const append = (file, { buffer, byteOffset, byteLength }) =>
  appendFileSync(file, Buffer.from(buffer, byteOffset, byteLength));

function readOutputs(folder, { held }) {
  const bytes = readFileSync(join(folder, "outputs.rows"));
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const size = all.length / held.items.length;
  return held.items.map((_, i) => all.subarray(i * size, (i + 1) * size));
}
