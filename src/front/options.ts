import type { OnEvent } from "../core/events.js";
import type { Augmentation } from "../data/index.js";
import type { StrategyName } from "../methods/registry.js";

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

export interface TrainOptions extends TaskOptions, PreprocessingRequest {
  /** A bundled name, a file.onnx, a model folder, or hf:org/repo[@revision]. Default "vision-mini". */
  readonly base?: string;
  /** Default "finetune". */
  readonly strategy?: StrategyName;
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
  /** The run folder. Default: runs/<date>-<name of the data>. */
  readonly out?: string;
  /** Train the same network from scratch beside it, and compare. Default false. */
  readonly baselines?: boolean;
}

/** What the run's manifest keeps of the options: everything that decides the result. */
export const defaults = {
  base: "vision-mini",
  strategy: "finetune",
  augment: "light",
  seed: 0,
} as const satisfies Partial<TrainOptions>;
