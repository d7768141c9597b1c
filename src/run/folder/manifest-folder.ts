import { EngraftError, messageOf } from "../../core/errors.js";
import { newerVersion, requireKnownFormat } from "../../core/newer-version.js";
import { parseJson } from "../../core/parse-json.js";
import { isOfMount } from "../../platform/disk/lock-names.js";
import type { Platform } from "../../platform/platform.js";
import { shellWord } from "../command-line.js";
import { leftAfter, removeHalfFiles } from "./half-files.js";
import { pathsFromStudy, withPathsHere } from "./moved-study.js";
import { freeRunPath } from "./run-folder.js";
import { kindOf, runKinds } from "./run-kinds.js";
import { manifestFormat } from "./run-manifest.js";
import { each, fields, is, isDeeper, list, maybe, type Shape, whole, wrongIn } from "./wrong-field.js";

/** A kind of folder with many runs, described by one file. */
export interface FolderKind<Manifest> {
  /** Name of the manifest: `comparison.json`. */
  readonly file: "comparison.json" | "curve.json" | "diagnosis.json";
  /** "comparison" */
  readonly what: string;
  /** Command that resumes one: `engraft compare --resume`. */
  readonly resume: string;
  /** Type of each field. A field without one does not compile. */
  readonly types: Readonly<Record<keyof Manifest, Shape>>;
}

/** Types of the fields that all kinds have. */
export const sharedTypes = {
  format: is("number"),
  data: is("string"),
  options: fields({ task: maybe(is("string")), base: maybe(is("string")), initFrom: maybe(is("string")) }),
  threads: maybe(is("number")),
  seeds: list(whole),
  started: maybe(is("string")),
  fingerprint: maybe(is("string")),
  base_sha256: maybe(is("string")),
  versions: maybe(each(is("string"))),
  from_study: maybe(each(is("string"))),
  result: maybe(is("object")),
} as const;

const largest = 2 ** 28;

/** Yields the indented JSON of a value in pieces: that of 10,000 trainings is tens of megabytes. */
export function* jsonPieces(value: unknown): Generator<string> {
  let piece = "";
  for (const next of piecesOf(value, "", 3)) {
    piece += next;
    if (piece.length < 2 ** 16) continue;
    yield piece;
    piece = "";
  }
  yield `${piece}\n`;
}

function* piecesOf(value: unknown, indent: string, levels: number): Generator<string> {
  const isList = Array.isArray(value);
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const written = entries.filter(([, one]) => isList || one !== undefined);
  if (levels === 0 || written.length === 0) {
    yield JSON.stringify(value, undefined, 2).replaceAll("\n", `\n${indent}`);
    return;
  }
  const inner = `${indent}  `;
  for (const [i, [name, one]] of written.entries()) {
    yield `${i > 0 ? "," : isList ? "[" : "{"}\n${inner}${isList ? "" : `${JSON.stringify(name)}: `}`;
    yield* piecesOf(one ?? null, inner, levels - 1);
  }
  yield `\n${indent}${isList ? "]" : "}"}`;
}

/** Class of the folders of a kind. */
interface FolderClass<Manifest, Folder> {
  readonly kind: FolderKind<Manifest>;
  new (path: string, platform: Platform, kind: FolderKind<Manifest>, manifest: Manifest): Folder;
}

/** A folder of many runs: its manifest, its report, and `runs/` with an ordinary run folder for each training. */
export class ManifestFolder<Manifest extends object> {
  constructor(
    readonly path: string,
    private readonly platform: Platform,
    readonly kind: FolderKind<Manifest>,
    private current: Manifest,
  ) {}

  get manifest(): Manifest {
    return this.current;
  }

  async update(fields: Partial<Manifest>): Promise<void> {
    const all = { ...this.current, ...fields };
    this.current = { ...all, from_study: pathsFromStudy(this.platform, this.path, all) };
    await this.platform.files.writeAtomic(this.file(this.kind.file), jsonPieces(this.current));
  }

  file(...parts: string[]): string {
    return this.platform.files.join(this.path, ...parts);
  }

  /**
   * Runs the work. If the input is wrong before the first training, removes the folder, so that the corrected command
   * can use it.
   */
  async orNothing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const wrong = error instanceof EngraftError && error.exitCode === 2;
      const { files } = this.platform;
      if (wrong && (await files.list(this.path)).every(({ name }) => name === this.kind.file)) {
        await files.remove(this.path).catch(() => undefined);
      }
      throw error;
    }
  }
}

/** Creates the folder. @throws RunError if it is not empty, FileError if it is a file */
async function createFolder<Manifest extends object, Folder extends ManifestFolder<Manifest>>(
  Folder: FolderClass<Manifest, Folder>,
  platform: Platform,
  path: string,
  manifest: Manifest,
): Promise<Folder> {
  const { files } = platform;
  const { what, file, resume } = Folder.kind;
  const there = await files.stat(path);
  if (there && there.kind !== "folder")
    throw new EngraftError("FileError", `"${path}" is a file, a ${what} needs a folder`, {
      help: "give another --out",
    });
  if (there && (await files.list(path)).some(({ name }) => !isOfMount(name))) {
    const other = await files.stat(files.join(path, file));
    throw new EngraftError(
      "RunError",
      other ? `"${path}" already holds a ${what}` : `"${path}" is not empty`,
      {
        help: other
          ? `go on with it, or add to it, by \`${resume} ${shellWord(path)}\`, or give another --out`
          : "give another --out, or empty the folder",
      },
    );
  }
  await files.ensureDir(path);
  const folder = new Folder(path, platform, Folder.kind, manifest);
  await folder.update({});
  return folder;
}

/** Opens the folder. @throws RunError if it has no manifest of its kind, or a damaged one */
export async function openFolder<Manifest extends object, Folder extends ManifestFolder<Manifest>>(
  Folder: FolderClass<Manifest, Folder>,
  platform: Platform,
  path: string,
): Promise<Folder> {
  const { files } = platform;
  const { what, file: name, types } = Folder.kind;
  const file = files.join(path, name);
  if (!(await files.stat(file))) {
    const other = await kindOf(platform, path).catch(() => undefined);
    throw new EngraftError("RunError", `"${path}" holds no ${what}: it has no ${name}`, {
      help: other
        ? `it is ${runKinds[other].words}: engraft ${other} --resume ${shellWord(path)}`
        : `give the folder that the ${what} printed`,
    });
  }
  let manifest: Partial<Manifest> | undefined;
  let why: string | undefined = `it is not what a ${what} writes`;
  try {
    const text = new TextDecoder().decode(await files.read(file, { limit: largest }));
    manifest = parseJson(text) as Partial<Manifest>;
  } catch (error) {
    why = messageOf(error);
  }
  const { format } = (manifest ?? {}) as { readonly format?: unknown };
  requireKnownFormat("RunError", format, name, file, manifestFormat);
  const isObject = typeof manifest === "object" && manifest !== null && !Array.isArray(manifest);
  if (isObject)
    why = isDeeper(manifest, 100)
      ? "it is nested too deeply"
      : wrongIn(manifest, fields(types as Readonly<Record<string, Shape>>));
  if (why !== undefined)
    throw new EngraftError("RunError", `the ${what}'s manifest is damaged: ${why}`, {
      at: file,
      help: "start anew with another --out; its runs can still be gone on with, one by one",
    });
  const { unknownTask } = await import("./manifest-damage.js");
  const unknown = unknownTask(manifest as { readonly options?: object });
  if (unknown !== undefined) throw newerVersion("RunError", `the task ${JSON.stringify(unknown)}`, file);
  return new Folder(path, platform, Folder.kind, await withPathsHere(platform, path, manifest as Manifest));
}

/**
 * Returns the folder for many runs on data: `runs/<date>-<name>-<suffix>`, or the requested one. @throws DataError
 * without data
 */
export async function pathsOf(
  platform: Platform,
  data: string,
  suffix: string,
  out: string | undefined,
): Promise<{ readonly root: string; readonly path: string }> {
  const { files } = platform;
  const root = files.resolve(data);
  if (!(await files.stat(root)))
    throw new EngraftError("DataError", `there is no data at "${data}"`, {
      help: "give a folder with one folder of pictures for each class",
      details: { data },
    });
  const path = out === undefined ? await freeRunPath(platform, `${root}-${suffix}`) : files.resolve(out);
  await files.ensureDir(files.dirname(path));
  return { root, path };
}

const mostSeeds = 100;

/** Returns the seeds `first`, `first + 1`, …. @throws OptionError for an invalid number of seeds */
export function seedsFrom(first: number, count: number): number[] {
  if (!Number.isInteger(count) || count < 1 || count > mostSeeds)
    throw new EngraftError("OptionError", `seeds is ${JSON.stringify(count)}`, {
      help: `give a whole number from 1 to ${mostSeeds}`,
      details: { option: "seeds", value: count },
    });
  return Array.from({ length: count }, (_, k) => first + k);
}

const lockName = ({ what }: { readonly what: string }, path: string): string => `the ${what} "${path}"`;

/** Creates a folder, and works in it while it is locked. @throws as {@link createFolder} */
export const workInNew = <Manifest extends object, Folder extends ManifestFolder<Manifest>, T>(
  Folder: FolderClass<Manifest, Folder>,
  platform: Platform,
  path: string,
  manifest: Manifest,
  work: (folder: Folder) => Promise<T>,
): Promise<T> =>
  platform.files.withLock(
    path,
    async () => {
      const folder = await createFolder(Folder, platform, path, manifest);
      return folder.orNothing(() => work(folder));
    },
    { what: lockName(Folder.kind, path) },
  );

/** Opens a folder, and works in it while it is locked. @throws as {@link openFolder} */
export async function workIn<Manifest extends object, Folder extends ManifestFolder<Manifest>, T>(
  Folder: FolderClass<Manifest, Folder>,
  platform: Platform,
  path: string,
  work: (folder: Folder) => Promise<T>,
  onWait?: () => void,
): Promise<T> {
  const open = () => openFolder(Folder, platform, path);
  // Opened before the lock, so that a folder of another kind is refused and not locked.
  await open();
  // The lock of a killed process expires after 15 s.
  const options = { wait: 20_000, onWait, what: lockName(Folder.kind, path) };
  const locked = async (): Promise<T> => {
    // A worker writes to the folder of its study without this lock.
    await removeHalfFiles(platform, path, leftAfter);
    return work(await open());
  };
  return platform.files.withLock(path, locked, options);
}
