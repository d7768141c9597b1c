import type { CurveResult } from "../../core/curve.js";
import { EngraftError, messageOf } from "../../core/errors.js";
import type { Platform } from "../../platform/platform.js";
import type { TrainOptions } from "../options.js";

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

const fileName = "curve.json";
const largest = 2 ** 28;

/** A learning curve on disk: its manifest, its report, and `runs/` with an ordinary run folder for each training. */
export class CurveFolder {
  private constructor(
    readonly path: string,
    private readonly platform: Platform,
    private current: CurveManifest,
  ) {}

  get manifest(): CurveManifest {
    return this.current;
  }

  /** @throws RunError when there is already something in the folder */
  static async create(platform: Platform, path: string, manifest: CurveManifest): Promise<CurveFolder> {
    const { files } = platform;
    const there = await files.stat(path);
    if (there && there.kind !== "folder")
      throw new EngraftError("FileError", `"${path}" is a file, a learning curve needs a folder`, {
        help: "give another --out",
      });
    if (there && (await files.list(path)).length > 0) {
      const other = await files.stat(files.join(path, fileName));
      throw new EngraftError(
        "RunError",
        other ? `"${path}" already holds a learning curve` : `"${path}" is not empty`,
        {
          help: other
            ? `go on with it by \`engraft curve --resume ${path}\`, or give another --out`
            : "give another --out, or empty the folder",
        },
      );
    }
    await files.ensureDir(path);
    const folder = new CurveFolder(path, platform, manifest);
    await folder.update({});
    return folder;
  }

  /** @throws RunError when it holds no learning curve, or its manifest is damaged */
  static async open(platform: Platform, path: string): Promise<CurveFolder> {
    const { files } = platform;
    const file = files.join(path, fileName);
    if (!(await files.stat(file)))
      throw new EngraftError("RunError", `"${path}" holds no learning curve: it has no ${fileName}`, {
        help: "give the folder that `engraft curve` printed (runs/…-curve)",
      });
    let manifest: CurveManifest | undefined;
    let why = "it is not what `engraft curve` writes";
    try {
      manifest = JSON.parse(new TextDecoder().decode(await files.read(file, { limit: largest })));
    } catch (error) {
      why = messageOf(error);
    }
    if (!manifest || !isManifest(manifest))
      throw new EngraftError("RunError", `the learning curve's manifest is damaged: ${why}`, {
        at: file,
        help: "measure it anew with another --out; its runs can still be gone on with, one by one",
      });
    return new CurveFolder(path, platform, manifest);
  }

  async update(fields: Partial<CurveManifest>): Promise<void> {
    this.current = { ...this.current, ...fields };
    await this.platform.files.writeAtomic(
      this.file(fileName),
      `${JSON.stringify(this.current, undefined, 2)}\n`,
    );
  }

  file(...parts: string[]): string {
    return this.platform.files.join(this.path, ...parts);
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
