import { classificationOf, type Task, taskWith } from "../core/results/task.js";
import type { ImagePreprocessing } from "../data/dataset.js";

/** Facts of the bases for one use. */
interface BaseUseFacts {
  /** Task that their authors trained them for. */
  readonly task: Task;
  /** Unit of {@link BaseRow.work}. */
  readonly unit: string;
  /** Files that a repository must have, in addition to the ONNX file. */
  readonly files: readonly ("preprocessor_config.json" | "tokenizer.json")[];
}

/** The uses of bases. A base is for the task that its authors trained it for. */
export const baseUses = {
  pictures: { task: classificationOf.image, unit: "a picture", files: ["preprocessor_config.json"] },
  boxes: { task: taskWith({ head: "boxes" }), unit: "a picture", files: ["preprocessor_config.json"] },
  masks: { task: taskWith({ head: "masks" }), unit: "a picture", files: ["preprocessor_config.json"] },
  texts: { task: classificationOf.text, unit: "a text of 128 tokens", files: ["tokenizer.json"] },
  // The shape of its input tells the front end of a base of sounds.
  sounds: { task: classificationOf.audio, unit: "a second of sound", files: [] },
  speech: {
    task: taskWith({ head: "transcript" }),
    unit: "a second of sound",
    files: ["preprocessor_config.json", "tokenizer.json"],
  },
} as const satisfies Readonly<Record<string, BaseUseFacts>>;

/** Use of a base. */
export type BaseUse = keyof typeof baseUses;
export type BaseTask = (typeof baseUses)[BaseUse]["task"];

/** Returns what a base is for. It can be trained for other tasks too. */
export function useOf({ task }: Pick<BaseRow, "task">): BaseUse {
  return (Object.keys(baseUses) as BaseUse[]).find((use) => baseUses[use].task === task)!;
}

/** Languages of a text base. */
export type BaseLanguages = "English" | "Chinese" | "English and Chinese" | "94 languages";

/** A model in the catalogue. */
export interface BaseRow {
  readonly name: string;
  /** Task that its authors trained it for. */
  readonly task: BaseTask;
  /** bundled: in the package; hub: downloaded on first use. */
  readonly kind: "bundled" | "hub";
  /** Reference for `openBase`. */
  readonly ref: string;
  /** Pixels, height × width; most tokens; or the sample rate. */
  readonly input: string;
  /** Millions of weights, as published. */
  readonly parameters: number;
  /** Hub: megabytes (10⁶ bytes) of all files that are downloaded. */
  readonly download?: number;
  /** Billions of multiply-accumulates for an image of size `input`, a text of 128 tokens, or a second of sound. */
  readonly work: number;
  /** Languages of a text base. */
  readonly languages?: BaseLanguages;
  /** Hub: the authors' own repository, which states the licence. `github.com/…` if it is not on the hub. */
  readonly model?: string;
  readonly license: string;
  /**
   * True if this project has opened the file. False: only a small file with the same inputs and outputs was opened, and
   * the facts of the row are those of web pages.
   */
  readonly opened_by_project: boolean;
  /** How pixels become its input, if its repository has no `preprocessor_config.json`. */
  readonly preprocessing?: ImagePreprocessing;
  /** Where the new head begins, if it is not found automatically. */
  readonly cut?: string;
  readonly paper: string;
  /** What to know before using it. */
  readonly note: string;
}
