import type { CurveResult } from "../../core/results/curve.js";
import { type FolderKind, ManifestFolder, sharedTypes } from "../../run/folder/manifest-folder.js";
import type { manifestFormat } from "../../run/folder/run-manifest.js";
import { is, list, maybe, oneOf, whole } from "../../run/folder/wrong-field.js";
import type { SharedByRuns } from "../many-runs.js";
import type { Fingerprints } from "../same-data.js";

/** Content of `curve.json`: data, options, and finally the result. */
export interface CurveManifest extends SharedByRuns, Fingerprints {
  readonly format: typeof manifestFormat;
  readonly status: "running" | "done";
  /** Missing until they are derived from the data, before the first training. */
  readonly sizes?: readonly number[];
  /** Name of the samples: "pictures". Missing as the sizes. */
  readonly unit?: string;
  /** Labels of each class, drawn by each seed. The split is that of the first seed. Missing: sizes are totals. */
  readonly shots?: readonly number[];
  readonly seeds: readonly number[];
  /** Target score at which sample sizes are compared. */
  readonly score?: number;
  /** Trainings at once. */
  readonly jobs?: number;
  readonly started: string;
  readonly result?: CurveResult;
}

/** A learning curve on disk. */
export class CurveFolder extends ManifestFolder<CurveManifest> {
  static readonly kind: FolderKind<CurveManifest> = {
    file: "curve.json",
    what: "learning curve",
    resume: "engraft curve --resume",
    types: {
      ...sharedTypes,
      status: oneOf("running", "done"),
      sizes: maybe(list(whole)),
      shots: maybe(list(whole)),
      unit: maybe(is("string")),
      score: maybe(is("number")),
      jobs: maybe(is("number")),
    },
  };

  runPath(size: number, seed: number): string {
    return this.file("runs", `${size}-seed-${seed}`);
  }
}
