// Milliseconds per image: made (decoded pixels cached, augmented, mixed) and trained, separately and in parallel. The
// main figure is `loop_ratio`: a step of the whole loop over a step with prepared data. 1 means that augmentation costs
// nothing.
import { availableParallelism } from "node:os";
import { withHead } from "../dist/bases/heads.js";
import { withPixels } from "../dist/bases/pixels.js";
import { openImages } from "../dist/data/images/open-images.js";
import { pictureInputs } from "../dist/data/index.js";
import { plannerOf } from "../dist/methods/registry.js";
import { nodePlatform as platform } from "../dist/platform/node.js";
import { epochFeeds } from "../dist/run/training/feeds.js";
import { classesHead } from "../dist/run/training/head-of-classes.js";
import { prepareStage } from "../dist/run/training/stage.js";
import { nodeRuntime } from "../dist/runtime/ort-node.js";
import { runSteps } from "../dist/train/loop.js";
import { inNewProcess, median, print } from "./measure.mjs";
import { openPictureBase, pictureOptions } from "./picture-base.mjs";

const kinds = ["none", "light", "standard", "strong", "randaugment", "trivialaugment"];
const options = {
  ...pictureOptions,
  augment: { type: "string", default: "standard", choices: kinds, about: kinds.join(", ") },
  mix: { type: "string", default: "no", choices: ["no", "yes"], about: "mixup and cutmix as well" },
  batch: { type: "number", default: 16, about: "pictures a step" },
  steps: { type: "number", default: 12, about: "steps of a round" },
  rounds: { type: "number", default: 3, about: "rounds, of which the medians are printed" },
  threads: { type: "number", default: availableParallelism(), about: "threads of the runtime" },
};

export const bench = {
  about: "augmentation beside the training step: what it costs the loop",
  needs: [],
  options,
  smallest: { batch: 4, steps: 1, rounds: 1 },
};

export async function main(options) {
  print(await inNewProcess(import.meta.url, measure, options), options.json);
}

/** Returns the pictures of all steps, their classes, and the model with its preprocessing. */
async function open(options) {
  const { body, preprocessing } = await openPictureBase(options);
  const { items: found, classes } = await openImages(options.data);
  const count = options.steps * options.batch;
  const items = Array.from({ length: count }, (_, i) => ({ ...found[i % found.length], id: `${i}` }));
  const empty = {
    weight: new Float32Array(classes.length * body.width),
    bias: new Float32Array(classes.length),
  };
  const model = withPixels(withHead(body, classes.length, empty), preprocessing);
  return { found, items, classes, preprocessing, model };
}

export async function measure(options) {
  const { found, items, classes, preprocessing, model } = await open(options);
  const mix = options.mix === "yes" ? { option: { mixup: 0.2, cutmix: 1 } } : {};
  const plan = (await plannerOf("finetune"))(model, {
    examples: items.length,
    epochs: 1,
    batch: options.batch,
    classes: classes.map((name) => ({ name, count: 1 })),
    ...mix,
  });
  const inputs = pictureInputs(platform, preprocessing, found.length);
  const head = classesHead({ classes, items });
  const source = { items, inputs, classOf: head.classOf, batch: options.batch, seed: 0 };
  const train = { ...source, augmentation: options.augment };
  const runtime = await nodeRuntime({ threads: options.threads });
  const fit = await prepareStage({
    runtime,
    model,
    plan,
    train,
    validation: source,
    classes,
    head,
    stage: "bench",
  });
  const feeds = (augmentation) => epochFeeds({ ...source, augmentation }, 0, 0, false, plan.mix);
  const collect = async () => {
    const all = [];
    for await (const one of feeds(options.augment)) all.push(one);
    return all;
  };
  const ready = await collect();
  const loop = async (rows) => {
    const begin = performance.now();
    await runSteps({
      session: fit.session,
      step: fit.step,
      totalSteps: options.steps,
      from: 0,
      to: options.steps,
      schedule: () => ({ rate: 0 }),
      rates: plan.groups.map(() => 0),
      feeds: rows,
    });
    return (performance.now() - begin) / options.steps;
  };
  async function* given() {
    yield* ready;
  }
  await loop(given());
  const seen = { augment_ms: [], step_ms: [], loop_ms: [], loop_ratio: [], share: [] };
  for (let k = 0; k < options.rounds; k++) {
    const begin = performance.now();
    await collect();
    const augment = (performance.now() - begin) / options.steps;
    const [step, whole] = [await loop(given()), await loop(feeds(options.augment))];
    seen.augment_ms.push(augment);
    seen.step_ms.push(step);
    seen.loop_ms.push(whole);
    seen.loop_ratio.push(whole / step);
    seen.share.push(augment / step);
  }
  await fit.dispose();
  await runtime.close();
  return {
    ...Object.fromEntries(Object.entries(seen).map(([name, values]) => [name, median(values)])),
    threads: options.threads,
    batch: options.batch,
  };
}
