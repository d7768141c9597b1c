import type { CurveResult } from "../../core/results/curve.js";
import type { TrainOptions } from "../../options/options.js";
import type { Platform } from "../../platform/platform.js";
import {
  type FolderKind,
  ManifestFolder,
  makeFolder,
  readManifest,
} from "../../run/folder/manifest-folder.js";

/** `curve.json`: what is measured, how, and in the end what it says. */
export interface CurveManifest {
  readonly format: 1;
  readonly status: "running" | "done";
  /** Absolute path of the data. */
  readonly data: string;
  /** Missing: found from the data, before the first training. */
  readonly sizes?: readonly number[];
  readonly seeds: readonly number[];
  readonly accuracy?: number;
  /** Of every training. */
  readonly options: Readonly<Partial<TrainOptions>>;
  readonly threads: number;
  readonly started: string;
  /** Of the first seed's data and split: one that goes on refuses others. */
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
  /** @throws RunError when there is already something in the folder */
  static async create(platform: Platform, path: string, manifest: CurveManifest): Promise<CurveFolder> {
    await makeFolder(platform, path, kind);
    const folder = new CurveFolder(path, platform, kind, manifest);
    await folder.update({});
    return folder;
  }

  /** @throws RunError when it holds no learning curve, or its manifest is damaged */
  static async open(platform: Platform, path: string): Promise<CurveFolder> {
    return new CurveFolder(path, platform, kind, await readManifest(platform, path, kind));
  }

  runPath(size: number, seed: number): string {
    return this.file("runs", `${size}-seed-${seed}`);
  }
}

function isManifest(value: Partial<CurveManifest>): value is CurveManifest {
  const { format, data, seeds, sizes, options } = value;
  const whole = (all: unknown): boolean => Array.isArray(all) && all.every((n) => Number.isInteger(n));
  return (
    format === 1 &&
    typeof data === "string" &&
    whole(seeds) &&
    (sizes === undefined || whole(sizes)) &&
    typeof options === "object" &&
    options !== null
  );
}
