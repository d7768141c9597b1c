import type { ComparedEntry, ComparisonResult } from "../core/comparison.js";
import { EngraftError, messageOf } from "../core/errors.js";
import type { Platform } from "../platform/platform.js";
import type { TrainOptions } from "./options.js";

/** `comparison.json`: what is compared, how, and in the end the table. */
export interface ComparisonManifest {
  readonly format: 1;
  /** `incomplete`: everything was tried, and something failed. */
  readonly status: "running" | "incomplete" | "done";
  /** Absolute path of the data. */
  readonly data: string;
  readonly entries: readonly ComparedEntry[];
  readonly seeds: readonly number[];
  readonly baseline: string;
  /** Of every run. */
  readonly options: Readonly<Partial<TrainOptions>>;
  readonly threads: number;
  readonly started: string;
  /** Of the first seed's data and split, and of the base, once they were opened: one that goes on refuses others. */
  readonly fingerprint?: string;
  readonly base_sha256?: string;
  readonly result?: ComparisonResult;
}

const fileName = "comparison.json";
const largest = 2 ** 28;

/** A comparison on disk: its manifest, its report, and `runs/` with an ordinary run folder for each training. */
export class ComparisonFolder {
  private constructor(
    readonly path: string,
    private readonly platform: Platform,
    private current: ComparisonManifest,
  ) {}

  get manifest(): ComparisonManifest {
    return this.current;
  }

  /** @throws RunError when there is already something in the folder */
  static async create(
    platform: Platform,
    path: string,
    manifest: ComparisonManifest,
  ): Promise<ComparisonFolder> {
    const { files } = platform;
    const there = await files.stat(path);
    if (there && there.kind !== "folder")
      throw new EngraftError("FileError", `"${path}" is a file, a comparison needs a folder`, {
        help: "give another --out",
      });
    if (there && (await files.list(path)).length > 0) {
      const other = await files.stat(files.join(path, fileName));
      throw new EngraftError(
        "RunError",
        other ? `"${path}" already holds a comparison` : `"${path}" is not empty`,
        {
          help: other
            ? `go on with it, or add to it, by \`engraft compare --resume ${path}\`, or give another --out`
            : "give another --out, or empty the folder",
        },
      );
    }
    await files.ensureDir(path);
    const folder = new ComparisonFolder(path, platform, manifest);
    await folder.update({});
    return folder;
  }

  /** @throws RunError when it holds no comparison, or its manifest is damaged */
  static async open(platform: Platform, path: string): Promise<ComparisonFolder> {
    const { files } = platform;
    const file = files.join(path, fileName);
    if (!(await files.stat(file)))
      throw new EngraftError("RunError", `"${path}" holds no comparison: it has no ${fileName}`, {
        help: (await files.stat(files.join(path, "run.json")))
          ? `it is a run: engraft train --resume ${path}`
          : "give the folder that the comparison printed (runs/…-comparison)",
      });
    let manifest: ComparisonManifest | undefined;
    let why = "it is not what a comparison writes";
    try {
      manifest = JSON.parse(new TextDecoder().decode(await files.read(file, { limit: largest })));
    } catch (error) {
      why = messageOf(error);
    }
    if (!manifest || !isManifest(manifest))
      throw new EngraftError("RunError", `the comparison's manifest is damaged: ${why}`, {
        at: file,
        help: "start the comparison anew with another --out; its runs can still be gone on with, one by one",
      });
    return new ComparisonFolder(path, platform, manifest);
  }

  async update(fields: Partial<ComparisonManifest>): Promise<void> {
    this.current = { ...this.current, ...fields };
    await this.platform.files.writeAtomic(
      this.file(fileName),
      `${JSON.stringify(this.current, undefined, 2)}\n`,
    );
  }

  file(...parts: string[]): string {
    return this.platform.files.join(this.path, ...parts);
  }

  /** `runs/last-n-last-2-seed-0`: labels that differ have folders that differ. */
  runPath(label: string, seed: number): string {
    const plain = (text: string): string => text.replace(/[^\p{L}\p{N}._-]+/gu, "-");
    const before = this.current.entries
      .slice(
        0,
        this.current.entries.findIndex((entry) => entry.label === label),
      )
      .filter((entry) => plain(entry.label) === plain(label)).length;
    return this.file("runs", `${plain(label)}${before > 0 ? `-${before + 1}` : ""}-seed-${seed}`);
  }
}

function isManifest(value: Partial<ComparisonManifest>): value is ComparisonManifest {
  const { format, data, entries, seeds, options, baseline } = value;
  return (
    format === 1 &&
    typeof data === "string" &&
    Array.isArray(entries) &&
    entries.every((e) => typeof e?.label === "string" && typeof e.strategy === "string") &&
    Array.isArray(seeds) &&
    seeds.every((s) => Number.isInteger(s)) &&
    typeof baseline === "string" &&
    typeof options === "object" &&
    options !== null
  );
}
