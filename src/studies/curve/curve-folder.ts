import type { CurveResult } from "../../core/results/curve.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import {
  type FolderKind,
  ManifestFolder,
  makeFolder,
  readManifest,
} from "../../run/folder/manifest-folder.js";
import { manifestFormat } from "../../run/folder/run-manifest.js";

/** Content of `curve.json`: data, options, and finally the result. */
export interface CurveManifest {
  readonly format: typeof manifestFormat;
  readonly status: "running" | "done";
  /** Absolute path of the data. */
  readonly data: string;
  /** Missing until they are derived from the data, before the first training. */
  readonly sizes?: readonly number[];
  /** Labels of each class, drawn by each seed. The split is that of the first seed. Missing: sizes are totals. */
  readonly shots?: readonly number[];
  readonly seeds: readonly number[];
  /** Target score at which sample sizes are compared. */
  readonly score?: number;
  /** Options of every training. */
  readonly options: Readonly<Partial<TrainOptions>>;
  readonly threads: number;
  readonly started: string;
  /** Fingerprint of data and split for the first seed. A resumed curve refuses other data. */
  readonly fingerprint?: string;
  readonly result?: CurveResult;
}

const kind: FolderKind<CurveManifest> = {
  file: "curve.json",
  what: "learning curve",
  resume: "engraft curve --resume",
  isManifest,
};

/** A learning curve on disk. */
export class CurveFolder extends ManifestFolder<CurveManifest> {
  /** Creates the folder. @throws RunError if it is not empty */
  static async create(platform: Platform, path: string, manifest: CurveManifest): Promise<CurveFolder> {
    await makeFolder(platform, path, kind);
    const folder = new CurveFolder(path, platform, kind, manifest);
    await folder.update({});
    return folder;
  }

  /** Opens the folder. @throws RunError if it holds no learning curve, or its manifest is damaged */
  static async open(platform: Platform, path: string): Promise<CurveFolder> {
    return new CurveFolder(path, platform, kind, await readManifest(platform, path, kind));
  }

  runPath(size: number, seed: number): string {
    return this.file("runs", `${size}-seed-${seed}`);
  }
}

function isManifest(value: Partial<CurveManifest>): value is CurveManifest {
  const { format, data, seeds, sizes, shots, options } = value;
  const whole = (all: unknown): boolean => Array.isArray(all) && all.every((n) => Number.isInteger(n));
  return (
    format === manifestFormat &&
    typeof data === "string" &&
    whole(seeds) &&
    (sizes === undefined || whole(sizes)) &&
    (shots === undefined || whole(shots)) &&
    typeof options === "object" &&
    options !== null
  );
}
