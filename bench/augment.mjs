// Milliseconds per image: made (decoded pixels cached, augmented, mixed) and trained, separately and in parallel. The
// main figure is `loop_ratio`: a step of the whole loop over a step with prepared data. 1 means that augmentation costs
// nothing.
import { availableParallelism } from "node:os";
import { inNewProcess, median, print, readOptions } from "./measure.mjs";

const kinds = ["none", "light", "standard", "strong", "randaugment", "trivialaugment"];
const table = {
  data: { type: "string", default: "assets/demo", about: "folder of pictures" },
  base: { type: "string", default: "vision-mini", about: "base: name, folder or ONNX file" },
  mean: { type: "string", about: "for a file without preprocessor_config.json, e.g. 0.485,0.456,0.406" },
  std: { type: "string", about: "the same, e.g. 0.229,0.224,0.225" },
  "image-size": { type: "number", about: "height and width (default: the base's own)" },
  augment: { type: "string", default: "standard", choices: kinds, about: kinds.join(", ") },
  mix: { type: "string", default: "no", choices: ["no", "yes"], about: "mixup and cutmix as well" },
  batch: { type: "number", default: 16, about: "pictures a step" },
  steps: { type: "number", default: 12, about: "steps of a round" },
  threads: { type: "number", default: availableParallelism(), about: "threads of the runtime" },
};

export async function main(args) {
  const options = readOptions(args, "augment", table);
  print(await inNewProcess(import.meta.url, "measure", options), options.json);
}

const rounds = 3;

export async function measure(options) {
  const { openBase } = await import("../dist/bases/open/open-base.js");
  const { bodyOf } = await import("../dist/bases/body.js");
  const { withHead } = await import("../dist/bases/heads.js");
  const { withPixels } = await import("../dist/bases/pixels.js");
  const { PixelCache } = await import("../dist/data/index.js");
  const { openImages } = await import("../dist/data/images/open-images.js");
  const { pictureFeeds } = await import("../dist/run/training/feeds.js");
  const { prepareStage } = await import("../dist/run/training/stage.js");
  const { plannerOf } = await import("../dist/methods/registry.js");
  const { nodePlatform: platform } = await import("../dist/platform/node.js");
  const { nodeRuntime } = await import("../dist/runtime/ort-node.js");
  const { runSteps } = await import("../dist/train/loop.js");
  const numbers = (text) => text?.split(",").map(Number);
  const base = await openBase(options.base, {
    ...(options.mean && { mean: numbers(options.mean) }),
    ...(options.std && { std: numbers(options.std) }),
    ...(options["image-size"] && { imageSize: options["image-size"] }),
  });
  const { items: found, classes } = await openImages(options.data);
  const count = options.steps * options.batch;
  const items = Array.from({ length: count }, (_, i) => ({ ...found[i % found.length], id: `${i}` }));
  const body = bodyOf(base.imported.graph, base.classes === undefined ? {} : { classes: base.classes });
  const empty = {
    weight: new Float32Array(classes.length * body.width),
    bias: new Float32Array(classes.length),
  };
  const model = withPixels(withHead(body, classes.length, empty), base.preprocessing);
  const mix = options.mix === "yes" ? { option: { mixup: 0.2, cutmix: 1 } } : {};
  const plan = (await plannerOf("finetune"))(model, {
    examples: count,
    epochs: 1,
    batch: options.batch,
    classes: classes.map((name) => ({ name, count: 1 })),
    ...mix,
  });
  const { preprocessing } = base;
  const decoded = PixelCache.for(found.length, preprocessing);
  const source = { items, preprocessing, decoded, platform, batch: options.batch, seed: 0 };
  const train = { ...source, augmentation: options.augment };
  const runtime = await nodeRuntime({ threads: options.threads });
  const fit = await prepareStage({
    runtime,
    model,
    plan,
    train,
    validation: source,
    classes,
    stage: "bench",
  });
  const feeds = (augmentation) => pictureFeeds({ ...source, augmentation }, 0, 0, false, plan.mix);
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
  for (let k = 0; k < rounds; k++) {
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
