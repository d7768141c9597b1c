import type { CurveResult } from "../../core/results/curve.js";
import { type FolderKind, ManifestFolder } from "../../run/folder/manifest-folder.js";
import { manifestFormat } from "../../run/folder/run-manifest.js";
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
    isManifest,
  };

  runPath(size: number, seed: number): string {
    return this.file("runs", `${size}-seed-${seed}`);
  }
}

function isManifest(value: Partial<CurveManifest>): value is CurveManifest {
  const { format, data, seeds, sizes, unit, shots, options } = value;
  const whole = (all: unknown): boolean => Array.isArray(all) && all.every((n) => Number.isInteger(n));
  return (
    format === manifestFormat &&
    typeof data === "string" &&
    whole(seeds) &&
    (sizes === undefined || whole(sizes)) &&
    (shots === undefined || whole(shots)) &&
    (unit === undefined || typeof unit === "string") &&
    typeof options === "object" &&
    options !== null
  );
}
