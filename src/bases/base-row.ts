import type { BaseClassification } from "../core/results/task.js";

/** Languages of a text base. */
export type BaseLanguages = "English" | "Chinese" | "English and Chinese" | "94 languages";

/** A model in the catalogue. */
export interface BaseRow {
  readonly name: string;
  readonly task: BaseClassification;
  /** bundled: in the package; hub: downloaded on first use. */
  readonly kind: "bundled" | "hub";
  /** Reference for `openBase`. */
  readonly ref: string;
  /** Pixels, height × width; or most tokens. */
  readonly input: string;
  /** Millions of weights, as published. */
  readonly parameters: number;
  /** Hub: megabytes (10⁶ bytes) of all files that are downloaded. */
  readonly download?: number;
  /** Billions of multiply-accumulates for one image of size `input`, or for a text of 128 tokens. */
  readonly work: number;
  /** Languages of a text base. */
  readonly languages?: BaseLanguages;
  /** Hub: the authors' own repository, which states the licence. */
  readonly model?: string;
  readonly license: string;
  /** Where the new head begins, if it is not found automatically. */
  readonly cut?: string;
  readonly paper: string;
  /** What to know before using it. */
  readonly note: string;
}
