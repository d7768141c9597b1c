// Values of every option of `train`, for the question: does it have an effect on each task, or is it refused?
import type { TrainOptions } from "../../../src/index.js";
import type { loopSettings } from "../../../src/methods/loop-settings.js";
import { strategies } from "../../../src/methods/registry.js";

/** A value that is tried: the run with it is compared with the run without it. A text "toy:NAME" stands for a toy's path. */
export interface Value {
  readonly give: TrainOptions;
  /** Options of both runs. */
  readonly beside?: TrainOptions;
}

type Values = readonly Value[];

/** Options that must not change a result, and why. */
type NotTried = string;

const give = (...all: readonly TrainOptions[]): Values => all.map((one) => ({ give: one }));
const setting = (option: NonNullable<TrainOptions["option"]>, beside?: TrainOptions): Values => [
  { give: { option }, ...(beside && { beside }) },
];

/** Every option. An option without a row does not compile. */
const options: Readonly<Record<Exclude<keyof TrainOptions, "option" | "strategy">, Values | NotTried>> = {
  seed: give({ seed: 2 }),
  device: "a GPU changes only the last bits, and test/runtime/gpu.test.ts compares them",
  epochs: give({ epochs: 3 }),
  lr: give({ lr: 0.02 }, { lr: "find" }),
  optimizer: give({ optimizer: "sgd" }, { optimizer: "lion" }),
  schedule: give({ schedule: "constant" }, { schedule: "cosine" }),
  batchSize: give({ batchSize: 7 }),
  accumulate: give({ accumulate: 2 }),
  sam: give({ sam: 0.05 }),
  average: give({ average: "ema" }, { average: "swa" }, { average: "soup" }),
  sampling: give({ sampling: "balanced" }),
  batchNorm: give({ batchNorm: "train" }, { batchNorm: "adapt" }),
  augment: give({ augment: "standard" }, { augment: "delete" }),
  trainSize: give({ trainSize: 12 }),
  shots: give({ shots: 4 }),
  splitSeed: give({ splitSeed: 3 }),
  groupFrom: give({ groupFrom: "(" }, { groupFrom: "([0-4])[^/]*$" }),
  splitBy: give({ splitBy: "no such column" }),
  season: give({ splitBy: "no such column", season: 7 }),
  gap: give({ splitBy: "no such column", gap: 2 }),
  cut: give({ cut: "no such value" }),
  levels: give({ levels: "8=no such value,16=no other value" }),
  trainable: give({ trainable: "no such weight" }),
  base: give({ base: "toy:plain-texts" }),
  weights: give({ weights: "fp16" }),
  tta: give({ tta: 3 }),
  pooling: give({ pooling: "max" }),
  maxLength: give({ maxLength: 4 }),
  adapterOnly: [{ give: { adapterOnly: true }, beside: { strategy: "lora" } }],
  baselines: give({ baselines: true }),
  scratchSteps: [{ give: { scratchSteps: 8 }, beside: { baselines: true } }],
  margin: [{ give: { margin: 0.3 }, beside: { baselines: true } }],
  safe: give({ safe: true }),
  seeds: give({ seeds: 2 }),
  folds: give({ folds: 2 }),
  explain: give({ explain: true }),
  budget: give({ budget: 1 }),
  test: give({ test: "toy:other-texts" }, { test: "no such list" }),
  text: give({ text: "no such column" }),
  labels: give({ labels: "no such column" }),
  classNames: give({ classNames: "one,two" }),
  threshold: give({ threshold: 0.2 }, { threshold: "validation" }),
  target: give({ target: "no such column" }),
  ignore: give({ ignore: "side" }),
  categories: give({ categories: "rooms" }),
  inputs: give({ inputs: "no such column" }),
  loss: give({ loss: "huber" }),
  huberDelta: [{ give: { huberDelta: 0.1 }, beside: { loss: "huber" } }, ...give({ huberDelta: 0.1 })],
  normalizer: give({ normalizer: "none" }),
  decoder: give({ decoder: "beam" }),
  lmOrder: [{ give: { lmOrder: 2 }, beside: { decoder: "beam" } }, ...give({ lmOrder: 2 })],
  lmWeight: [
    { give: { lmWeight: 2 }, beside: { decoder: "beam" } },
    { give: { lmWeight: 2 }, beside: { decoder: "beam", lmOrder: 0 } },
    ...give({ lmWeight: 2 }),
  ],
  template: give({ template: "no such template" }),
  allMessages: give({ allMessages: true }),
  coverage: give({ coverage: 0.6 }),
  calibrate: give({ calibrate: "temperature" }),
  abstain: give({ abstain: 0.6 }),
  hidden: give({ hidden: 3 }),
  initFrom: give({ initFrom: "no such model" }),
  with: give({ with: "no such table" }),
  initHead: give({ initHead: "reuse" }),
  imageSize: give({ imageSize: 24 }),
  mean: give({ mean: [0.1, 0.1, 0.1] }),
  std: give({ std: [0.5, 0.5, 0.5] }),
  rescale: give({ rescale: 0.01 }),
  channels: give({ channels: "bgr" }),
  tensorboard: give({ tensorboard: true }),
  memoryLimit: give({ memoryLimit: 1000 }),
  task: "it chooses the task, which the toy decides",
  recompute: "it changes memory and the last bits only",
  pictures: "it changes the report only",
  quotes: "it changes how quotes are read, and no toy has quotes",
  reasons: "it is recorded only",
  checkpointSeconds: "it changes checkpoints only",
  cache: "it changes speed only",
  threads: "it changes speed and the last bits only",
  out: "it is the place of the run",
  onEvent: "it is called",
  signal: "it stops the run",
};

/** Every setting of the training loop. */
const settings: Readonly<Record<keyof typeof loopSettings, Values>> = {
  labelSmoothing: setting({ labelSmoothing: 0.2 }),
  classWeights: setting({ classWeights: "balanced" }, { trainSize: 13 }),
  focal: setting({ focal: 2 }),
  ema: setting({ ema: 0.9 }),
  patience: setting({ patience: 1 }, { epochs: 6, lr: 5 }),
  mixup: setting({ mixup: 0.4 }),
  cutmix: setting({ cutmix: 1 }),
  erasing: setting({ erasing: 0.8 }),
  magnitude: setting({ magnitude: 3 }, { augment: "randaugment" }),
  mosaic: setting({ mosaic: 0.5 }),
  noise: [...setting({ noise: 0.7 }), ...setting({ noise: 0.7 }, { augment: "delete" })],
  keep: setting({ keep: "best" }),
  swaFrom: [...setting({ swaFrom: 0 }), ...setting({ swaFrom: 0 }, { average: "swa" })],
  soupSize: [...setting({ soupSize: 2 }), ...setting({ soupSize: 2 }, { average: "soup", epochs: 4 })],
};

/** The options that are not tried, with the reason. */
export const notTried = Object.entries(options).filter(([, values]) => typeof values === "string");

/** All values: of options, of settings, and every strategy. */
export const values: readonly Value[] = [
  ...Object.values(options).flatMap((own) => (typeof own === "string" ? [] : own)),
  ...Object.values(settings).flat(),
  ...give(...Object.keys(strategies).map((strategy) => ({ strategy }) as TrainOptions)),
];

/** Returns the name of a value: `swaFrom=0 beside average="swa"`. */
export function nameOf({ give: given, beside }: Value): string {
  const words = (all: TrainOptions): string =>
    Object.entries({ ...all, ...all.option, option: undefined })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`)
      .join(", ");
  return beside ? `${words(given)} beside ${words(beside)}` : words(given);
}
