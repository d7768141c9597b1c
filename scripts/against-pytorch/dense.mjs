// Compares the training of boxes and of masks with the same recipe in PyTorch, step by step: same network, start weights, pictures and
// targets. `node scripts/against-pytorch/dense.mjs [STEPS]` (needs Debian's python3-torch and python3-torchvision) prints the losses on
// the bundled demo sets, and the largest relative differences to PyTorch in float64: of Engraft, and of PyTorch in float32. AdamW turns
// roundings into whole updates where a gradient is near 0, so both grow with the steps.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fitOfPlan } from "../../dist/methods/fit-plan.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { prepareFit } from "../../dist/train/fit.js";
import { runSteps } from "../../dist/train/loop.js";
import { denseTraining, firstFeeds } from "../measure/dense-training.mjs";
import { writeNetwork } from "./write-network.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env.PYTHON ?? "/usr/bin/python3";
const steps = Number(process.argv[2] ?? 20);
const inputs = { boxes: ["assigned", "distances", "counted"], masks: ["shares", "labelled"] };

for (const kind of ["boxes", "masks"]) {
  const training = await denseTraining(kind, join(here, "../../assets", `demo-${kind}`), { steps });
  const feeds = await firstFeeds(training.streams, steps);
  const engraft = await trainHere(training, feeds);
  const { float32, float64 } = trainThere(kind, training, feeds);
  /** Largest relative difference to float64 in five steps. */
  const difference = (losses, from) =>
    Math.max(...losses.slice(from, from + 5).map((loss, i) => Math.abs(loss / float64[from + i] - 1)));
  for (const [i, loss] of engraft.entries())
    console.log(`${kind} step ${i + 1}  engraft ${loss.toFixed(6)}  pytorch ${float64[i].toFixed(6)}`);
  for (let from = 0; from < steps; from += 5) {
    const [own, single] = [engraft, float32].map((losses) => difference(losses, from).toExponential(1));
    console.log(`${kind} from step ${from + 1}: engraft ${own}, pytorch in float32 ${single}`);
  }
}

/** Returns the loss of each step. */
async function trainHere({ model, plan, objective, streams }, feeds) {
  const runtime = await nodeRuntime();
  const options = fitOfPlan(plan);
  const fit = await prepareFit({
    ...{ runtime, model, ...options, ...streams, objective, stage: "twin" },
    validate: async () => ({ score: 0, loss: 0 }),
  });
  const losses = [];
  async function* all() {
    yield* feeds;
  }
  await runSteps({
    ...{ session: fit.session, step: fit.step, totalSteps: steps, from: 0, to: steps, feeds: all() },
    ...{ schedule: options.schedule, rates: options.rates },
    onBlock: ({ each }) => void losses.push(...each.loss),
  });
  await fit.dispose();
  await runtime.close();
  return losses;
}

/** The same in PyTorch, in two precisions. */
function trainThere(kind, { model, plan, classes, classWeights }, feeds) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-dense-"));
  try {
    const rows = Object.fromEntries(["x", "weights", ...inputs[kind]].map((name) => [name, `train.${name}`]));
    const shapes = {};
    for (const [name, input] of Object.entries(rows)) {
      shapes[name] = feeds[0][input].dims;
      const { buffer, byteOffset, byteLength } = joined(feeds.map((step) => step[input].data));
      writeFileSync(join(folder, `${name}.rows`), Buffer.from(buffer, byteOffset, byteLength));
    }
    const more = { kind, steps, shapes, classes: classes.length, class_weights: classWeights };
    writeNetwork(folder, model, plan, more);
    const losses = (precision) =>
      JSON.parse(execFileSync(python, [join(here, "dense.py"), folder, precision], { encoding: "utf8" }));
    return { float32: losses("float32"), float64: losses("float64") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function joined(arrays) {
  const all = new arrays[0].constructor(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of arrays) {
    all.set(one, at);
    at += one.length;
  }
  return all;
}
