import { type WeightStorage, weightStorages } from "../bases/weight-storages.js";
import { EngraftError } from "../core/errors.js";
import type { OnEvent } from "../core/events.js";
import type { Augmentation } from "../data/index.js";
import { checkSettings, type StrategyName, strategies } from "../methods/registry.js";
import type { Asked } from "../methods/settings.js";
import { type OptimizerName, optimizers, type ScheduleName, schedules } from "../optim/index.js";

/** What every task that takes long accepts. */
export interface TaskOptions {
  /** Decides the split, the order of the data, augmentation and fresh weights. Default 0. */
  readonly seed?: number;
  /** Threads of the runtime. Default: the machine's cores. */
  readonly threads?: number;
  /** Keep and use features on disk. Default true. */
  readonly cache?: boolean;
  readonly onEvent?: OnEvent;
  /** Abort: the state is saved, then the task throws `Interrupted`. */
  readonly signal?: AbortSignal;
}

/** How a base without a `preprocessor_config.json` wants its pictures. */
export interface PreprocessingRequest {
  /** Per channel, in the order of `channels`, after rescaling. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** Factor on 0 … 255 pixels. */
  readonly rescale?: number;
  readonly channels?: "rgb" | "bgr";
  /** Height and width in pixels. */
  readonly imageSize?: number;
}

/** What `train` may be told; everything has a default. */
export interface TrainOptions extends TaskOptions, PreprocessingRequest {
  /** A bundled name, a file.onnx, a model folder, or hf:org/repo[@revision]. Default "vision-mini". */
  readonly base?: string;
  /** Default "finetune". */
  readonly strategy?: StrategyName;
  /** Options of strategy and loop by name, such as `{ last: 2 }` for "last-n", or `{ labelSmoothing: 0.1 }`. */
  readonly option?: Asked;
  /** Default "adamw". The strategy's rates are for it, and translated for the others unless `lr` is given. */
  readonly optimizer?: OptimizerName;
  /** How the rate goes over the run. Default: by the strategy, mostly "one-cycle". */
  readonly schedule?: ScheduleName;
  /** Default: by the number of examples, 3 to 15. */
  readonly epochs?: number;
  /** Peak learning rate of the head. Default 1e-3. */
  readonly lr?: number;
  /** Pictures a step. Default 16, from 500 examples on 32. */
  readonly batchSize?: number;
  /** Default "light". */
  readonly augment?: Augmentation;
  /** Value of the base to cut at. Default: found by itself. */
  readonly cut?: string;
  /** Weights of the base that train: names with `*`, commas between several, or `after:VALUE`. Default: all. */
  readonly trainable?: string;
  /** How the model file holds its weights; training is float32 in any case. Default "fp32". */
  readonly weights?: WeightStorage;
  /** The run folder. Default: runs/<date>-<name of the data>. */
  readonly out?: string;
  /** Train the same network from scratch beside it, and compare. Default false. */
  readonly baselines?: boolean;
  /** Seconds between two checkpoints within an epoch. Default 20. */
  readonly checkpointSeconds?: number;
}

/** What `distill` may be told beside what `train` may. */
export interface DistillOptions extends Omit<TrainOptions, "baselines"> {
  /** What the student learns from: a run, a model folder, a file.onnx, a name, or hf:org/name. */
  readonly teacher: string;
  /** "soft", "hints", "attention", "relational", or several with commas between. Default "soft". */
  readonly method?: string;
  /** Train the same student without the teacher beside it, and compare. Default true. */
  readonly comparison?: boolean;
  /** Runs of other seeds, with and without the teacher; the best by validation is kept. Default 1. */
  readonly seeds?: number;
}

/** What holds where an option is not given. */
export const defaults = {
  base: "vision-mini",
  strategy: "finetune",
  augment: "light",
  weights: "fp32",
  seed: 0,
} as const satisfies Partial<TrainOptions>;

type Check = readonly [allowed: string, (value: unknown) => boolean];

const whole = (min: number, max: number): Check => [
  `a whole number from ${min} to ${max}`,
  (v) => typeof v === "number" && Number.isInteger(v) && v >= min && v <= max,
];
const between = (min: number, max: number): Check => [
  `a number from ${min} to ${max}`,
  (v) => typeof v === "number" && v >= min && v <= max,
];
const above = (min: number, max: number): Check => [
  `a number above ${min}, at most ${max}`,
  (v) => typeof v === "number" && v > min && v <= max,
];
const oneOf = (...words: readonly string[]): Check => [
  `one of ${words.join(", ")}`,
  (v) => words.includes(v as string),
];
const text: Check = ["a text", (v) => typeof v === "string" && v !== ""];
const yesOrNo: Check = ["true or false", (v) => typeof v === "boolean"];
const numbers: Check = [
  "one to three finite numbers",
  (v) => Array.isArray(v) && v.length >= 1 && v.length <= 3 && v.every((x) => Number.isFinite(x)),
];

/** What each option may be; the same limits as on the command line. */
const checks: Readonly<
  Record<Exclude<keyof TrainOptions | keyof DistillOptions, "onEvent" | "signal">, Check>
> = {
  seed: whole(0, 2 ** 31 - 1),
  threads: whole(1, 1024),
  cache: yesOrNo,
  mean: numbers,
  std: numbers,
  rescale: above(0, 1e6),
  channels: oneOf("rgb", "bgr"),
  imageSize: whole(8, 4096),
  base: text,
  strategy: oneOf(...Object.keys(strategies)),
  option: [
    "an object of numbers, texts, true and false",
    (v) =>
      typeof v === "object" &&
      v !== null &&
      Object.values(v).every((x) => ["number", "string", "boolean"].includes(typeof x)),
  ],
  optimizer: oneOf(...Object.keys(optimizers)),
  schedule: oneOf(...Object.keys(schedules)),
  epochs: whole(1, 10_000),
  lr: above(0, 100),
  batchSize: whole(1, 4096),
  augment: oneOf("none", "light", "standard"),
  cut: text,
  trainable: text,
  weights: oneOf(...Object.keys(weightStorages)),
  out: text,
  baselines: yesOrNo,
  checkpointSeconds: between(0, 3600),
  teacher: text,
  method: text,
  comparison: yesOrNo,
  seeds: whole(1, 20),
};

/** What has a meaning only beside a teacher. */
const ofTeacher = ["method", "comparison", "seeds"] as const;

/** @throws OptionError for an option that there is not, or a value that it cannot have */
export function checkOptions(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || name === "onEvent" || name === "signal") continue;
    const check = Object.hasOwn(checks, name) ? checks[name as keyof typeof checks] : undefined;
    if (!check)
      throw new EngraftError("OptionError", `there is no option ${name}`, {
        help: `the options are ${Object.keys(checks).join(", ")}`,
      });
    const [allowed, holds] = check;
    if (!holds(value))
      throw new EngraftError("OptionError", `${name} is ${JSON.stringify(value) ?? String(value)}`, {
        help: `give ${allowed}`,
        details: { option: name, value },
      });
  }
  const { strategy = defaults.strategy, option, teacher } = options as TrainOptions & Partial<DistillOptions>;
  const lone = teacher === undefined ? ofTeacher.find((name) => options[name] !== undefined) : undefined;
  if (lone !== undefined)
    throw new EngraftError("OptionError", `${lone} has no meaning without a teacher`, {
      help: "use distill with a teacher, or leave it out",
    });
  // With a teacher, options are its methods' too: checked with them.
  if (option !== undefined && teacher === undefined) checkSettings(strategy, option);
}
