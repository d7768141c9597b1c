// Boxes. `step_ratio`: the training step against the forward pass of the same graph with fed weights (aim: at most 4). `loop_ratio`: what
// targets and augmentation add to a step. Reading: milliseconds of processor time for a detector's raw output at 2,100 places with 1, 20
// and 80 classes (aim: below 3). Scoring: seconds for 1,000 pictures with 100 detections each (aim: below 5).
import { availableParallelism } from "node:os";
import { decodePlaces } from "../dist/bases/detection/decode-places.js";
import { placesOf } from "../dist/data/boxes/places.js";
import { parametersOf, promote } from "../dist/graph/surgery/index.js";
import { toOnnx } from "../dist/graph/to-onnx.js";
import { fitOfPlan } from "../dist/methods/fit-plan.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { scoreBoxes } from "../dist/tasks/boxes/box-scores.js";
import { prepareFit } from "../dist/train/fit.js";
import { runSteps } from "../dist/train/loop.js";
import { denseTraining, firstFeeds } from "../scripts/measure/dense-training.mjs";
import { localRuntime } from "./local-runtime.mjs";
import { inNewProcess, median, once, print, processorTime, time } from "./measure.mjs";

const strengths = ["none", "light", "standard", "strong"];
const options = {
  data: { type: "string", default: "assets/demo-boxes", about: "folder of pictures with boxes" },
  base: { type: "string", default: "vision-open", about: "base: name, folder or ONNX file" },
  "image-size": { type: "number", about: "longer side of the network's input (default: as in a run)" },
  augment: { type: "string", default: "standard", choices: strengths, about: strengths.join(", ") },
  batch: { type: "number", default: 8, about: "pictures a step" },
  steps: { type: "number", default: 8, about: "steps of a round" },
  rounds: { type: "number", default: 3, about: "rounds, of which the medians are printed" },
  pictures: { type: "number", default: 1000, about: "pictures to score" },
  threads: { type: "number", default: availableParallelism(), about: "threads of the runtime" },
};

export const bench = {
  about:
    "a training step of boxes against its forward pass; reading a detector's output; scoring 1,000 pictures",
  needs: [],
  options,
  smallest: { batch: 2, steps: 1, rounds: 1, pictures: 20, "image-size": 64 },
};

export async function main(options) {
  const { forward_fed_ms } = await inNewProcess(import.meta.url, measureForward, options);
  const training = await inNewProcess(import.meta.url, measureTraining, options);
  const reading = await inNewProcess(import.meta.url, measureReading, options);
  const scoring = await inNewProcess(import.meta.url, measureScoring, options);
  const step_ratio = training.step_ms / forward_fed_ms;
  const { threads, batch } = options;
  print({ step_ratio, forward_fed_ms, ...training, ...reading, ...scoring, threads, batch }, options.json);
}

const trainingOf = async ({ data, base, augment, batch, steps, "image-size": longerSide }) => {
  return denseTraining("boxes", data, { base, augment, batch, steps, ...(longerSide && { longerSide }) });
};

/** Measures the forward pass with every weight as an input: the best that a step's own forward pass can reach. */
export async function measureForward(options) {
  const { model, streams } = await trainingOf(options);
  const [rows] = await firstFeeds(streams, 1);
  const weights = parametersOf(model)
    .filter(({ kind }) => kind !== "statistic")
    .map(({ value }) => value);
  const runtime = localRuntime(options.threads);
  const session = await runtime.session(toOnnx(promote(model, weights)));
  const feeds = Object.fromEntries(weights.map((name) => [name, model.initializers.get(name)]));
  feeds[model.inputs[0]] = rows["train.x"];
  return {
    forward_fed_ms: await time(() => session.run(feeds, [model.outputs[0]]), options.smallest ? once : {}),
  };
}

/** Measures a step with prepared data, the data alone, and both together. */
export async function measureTraining(options) {
  const { model, plan, objective, streams } = await trainingOf(options);
  const { steps, rounds, threads } = options;
  const runtime = await nodeRuntime({ threads });
  const fit = await prepareFit({
    ...{ runtime, model, ...fitOfPlan(plan), ...streams, objective, stage: "bench" },
    validate: async () => ({ score: 0, loss: 0 }),
  });
  const loop = async (feeds) => {
    const begin = performance.now();
    await runSteps({
      ...{ session: fit.session, step: fit.step, totalSteps: steps, from: 0, to: steps, feeds },
      schedule: () => ({ rate: 0 }),
      rates: plan.groups.map(() => 0),
    });
    return (performance.now() - begin) / steps;
  };
  const ready = await firstFeeds(streams, steps);
  async function* prepared() {
    yield* ready;
  }
  async function* made() {
    for (let epoch = 0, left = steps; left > 0; epoch++)
      for await (const one of streams.feeds(epoch, 0)) if (left-- > 0) yield one;
  }
  await loop(prepared());
  const seen = { step_ms: [], data_ms: [], loop_ms: [] };
  for (let k = 0; k < rounds; k++) {
    const begin = performance.now();
    await firstFeeds(streams, steps);
    seen.data_ms.push((performance.now() - begin) / steps);
    seen.step_ms.push(await loop(prepared()));
    seen.loop_ms.push(await loop(made()));
  }
  await fit.dispose();
  await runtime.close();
  const [step_ms, data_ms, loop_ms] = Object.values(seen).map(median);
  return { step_ms, data_ms, data_share: data_ms / step_ms, loop_ms, loop_ratio: loop_ms / step_ms };
}

/** Uniform numbers from a hash, 0 … 1. */
function numbers(seed) {
  let i = seed;
  return () => (Math.imul(++i, 2654435761) >>> 0) / 2 ** 32;
}

/** Measures decoding and suppression at 2,100 places with the longest lists: every score is above the threshold. */
export async function measureReading({ smallest }) {
  const input = { width: 320, height: 320 };
  const levels = [8, 16, 32].map((stride) => ({ stride, height: 320 / stride, width: 320 / stride }));
  const places = placesOf(levels, input);
  const result = {};
  for (const classes of [1, 20, 80]) {
    const draw = numbers(classes);
    // Logits of −4 … 4, so scores of 0.018 … 0.98; sides of boxes of half a cell to 8 cells.
    const output = Float32Array.from({ length: places.count * (classes + 4) }, (_, i) =>
      i % (classes + 4) < classes ? 8 * draw() - 4 : 3 * draw() - 1.4,
    );
    result[`read_${classes}_ms`] = await processorTime(
      () => decodePlaces(output, { classes, places, input }),
      smallest ? { warm: 0, calls: 1 } : {},
    );
  }
  return { places: places.count, ...result };
}

/** Measures the scores of a test split with their intervals: 100 detections in each picture, 20 classes. */
export async function measureScoring({ pictures }) {
  const draw = numbers(7);
  const classes = Array.from({ length: 20 }, (_, k) => `class ${k}`);
  const boxed = (x, y, side) => [x, y, x + side, y + side];
  const items = [];
  const detections = [];
  for (let i = 0; i < pictures; i++) {
    const objects = Array.from({ length: 7 }, () => {
      const side = 20 + 150 * draw();
      const label = Math.floor(20 * draw());
      return { label, area: side * side, box: boxed(480 * draw(), 480 * draw(), side) };
    });
    items.push({ width: 640, height: 640, objects });
    const found = Array.from({ length: 100 }, (_, k) => {
      const { label, box } = objects[k % 7];
      const moved = (30 * draw() - 15) * (k < 7 ? 0.5 : 4);
      const own = k < 7 ? label : Math.floor(20 * draw());
      return { label: own, score: draw() * (k < 7 ? 1 : 0.5), box: box.map((v) => v + moved) };
    });
    detections.push(found.sort((a, b) => b.score - a.score));
  }
  const score_ms = await processorTime(() => scoreBoxes(items, detections, classes, 0.3), {
    warm: 0,
    calls: 1,
  });
  return { score_s: score_ms / 1000 };
}
