import type { FileState, Platform } from "../platform/platform.js";
import type { FileUnit } from "./found-files.js";

/** Why a file is unusable. */
export interface Unusable {
  readonly reason: string;
  readonly missing: boolean;
}

/** How the content of a file is written as the end of a line: its hash first, and at least one more value. */
export interface ScanLines<Content> {
  write(content: Content): readonly (string | number)[];
  /** Returns undefined for damaged values. */
  read(values: readonly unknown[]): Content | undefined;
}

/** Cached facts of a file. */
interface Entry<Content> extends Pick<FileState, "size" | "modified" | "changed"> {
  readonly result: Content | Unusable;
}

/** Where and how results are cached. */
export interface ScanCache<Content> {
  /** Folder in the cache folder. */
  readonly folder: string;
  /** Results of other versions are not used. */
  readonly version: string;
  readonly lines: ScanLines<Content>;
  /** Share of the files that is scanned, "3/20". Default: all files. */
  readonly shard?: string | undefined;
  /** The files that are scanned. With a shard, only their results are read: those of all files may be gigabytes. */
  readonly scanned?: readonly { readonly path: string }[];
  /** Results of a file of the cache; only tests use fewer. */
  readonly linesPerFile?: number;
}

/** Default of {@link ScanCache.linesPerFile}: 80 MB of pictures. One file of 2,000,000 would be too large to be read. */
const linesPerFile = 100_000;

/**
 * The cached scan results of a data folder, in files of the cache folder. A shard has files of its own, so that several machines
 * can scan one folder.
 */
export class ScanMemory<Content extends object> {
  readonly #known: Map<string, Entry<Content>>;
  readonly #seen = new Map<string, Entry<Content>>();
  #changed = false;

  private constructor(
    readonly platform: Platform,
    /** Path of the files without their ending. */
    readonly name: string,
    readonly how: ScanCache<Content>,
    /** Files that were there. */
    readonly earlier: readonly string[],
    known: Map<string, Entry<Content>>,
  ) {
    this.#known = known;
  }

  /** Opens the cache. An unreadable or damaged file counts as empty. */
  static async open<Content extends object>(
    platform: Platform,
    root: string,
    how: ScanCache<Content>,
  ): Promise<ScanMemory<Content>> {
    const { files } = platform;
    const name = (await platform.sha256(root)).slice(0, 32);
    const folder = files.join(platform.cacheDir(), how.folder);
    const known = new Map<string, Entry<Content>>();
    const own = how.shard !== undefined && how.scanned && new Set(how.scanned.map(({ path }) => path));
    const isOwn = (one: string): boolean => one.startsWith(`${name}.`) && one.endsWith(".jsonl");
    const found = await files.list(folder).catch(() => []);
    const earlier = found.flatMap((one) => (isOwn(one.name) ? [files.join(folder, one.name)] : []));
    for (const file of earlier)
      try {
        const lines = linesOf(await files.read(file, { limit: 2 ** 30 }));
        if (lines.next().value === headOf(how.version))
          for (const text of lines) {
            const line = parseLine(text, how.lines, own);
            if (line !== undefined) known.set(...line);
          }
      } catch {
        // There is no permission to read it, or another process has just removed it.
      }
    return new ScanMemory(platform, files.join(folder, name), how, earlier, known);
  }

  get(path: string, { size, modified, changed }: FileState): Content | Unusable | undefined {
    const entry = this.#known.get(path);
    if (entry?.size !== size || entry.modified !== modified || entry.changed !== changed) return undefined;
    this.#seen.set(path, entry);
    return entry.result;
  }

  put(path: string, { size, modified, changed }: FileState, result: Content | Unusable): void {
    this.#changed = true;
    this.#seen.set(path, { size, modified, changed, result });
  }

  /** Writes the cache. After a complete scan, it contains only the scanned files. A full or read-only disk is no error. */
  async save(complete: boolean): Promise<void> {
    if (!this.#changed) return;
    const { files } = this.platform;
    const { shard, linesPerFile: most = linesPerFile } = this.how;
    const isWhole = shard === undefined;
    // A shard leaves the results of the others in their files.
    const entries = complete || !isWhole ? this.#seen : new Map([...this.#known, ...this.#seen]);
    const name = isWhole ? this.name : `${this.name}.${shard.replace("/", "-of-")}`;
    const all = entries.entries();
    const written = new Set<string>();
    try {
      for (let first = 0; first === 0 || first < entries.size; first += most) {
        const file = `${name}${first === 0 ? "" : `.${first / most}`}.jsonl`;
        await files.writeAtomic(file, pieces(this.how, all, most));
        written.add(file);
      }
      if (isWhole) for (const file of this.earlier) if (!written.has(file)) await files.remove(file);
    } catch {
      // The files are scanned again next time.
    }
  }
}

const headOf = (version: string): string => JSON.stringify({ engraft: "scan", version });

/** Yields the content of a cache file, the next entries, in chunks of 100 lines, since 20,000 images take 14 MB. */
function* pieces<Content extends object>(
  { version, lines: { write } }: ScanCache<Content>,
  entries: Iterator<[string, Entry<Content>]>,
  most: number,
): Generator<string> {
  let piece = `${headOf(version)}\n`;
  for (let lines = 1; lines <= most; lines++) {
    const next = entries.next();
    if (next.done) break;
    const [path, { size, modified, changed, result }] = next.value;
    const line = [path, size, modified, changed, ...("reason" in result ? [result.reason] : write(result))];
    piece += `${JSON.stringify(line)}\n`;
    if (lines % 100 > 0) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** Yields the lines of a text in UTF-8, each decoded when it is read. */
function* linesOf(bytes: Uint8Array): Generator<string, undefined> {
  const decoder = new TextDecoder();
  for (let first = 0; first < bytes.length; ) {
    const found = bytes.indexOf(10, first);
    const end = found < 0 ? bytes.length : found;
    yield decoder.decode(bytes.subarray(first, end));
    first = end + 1;
  }
}

function parseLine<Content>(
  text: string,
  { read }: ScanLines<Content>,
  own: ReadonlySet<string> | undefined | false,
): [path: string, entry: Entry<Content>] | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (!Array.isArray(line)) return undefined;
    const [path, size, modified, changed, ...values] = line as unknown[];
    if (typeof path !== "string" || typeof values[0] !== "string") return undefined;
    if (own && !own.has(path)) return undefined;
    if (typeof size !== "number" || typeof modified !== "number" || typeof changed !== "number")
      return undefined;
    const state = { size, modified, changed };
    if (values.length === 1) return [path, { ...state, result: { reason: values[0], missing: false } }];
    const content = read(values);
    return content && [path, { ...state, result: content }];
  } catch {
    return undefined;
  }
}

/** Divides files into readable ones with what is known of their content, and unreadable ones with the reason. */
export function readableOf<File extends { readonly id: string }, Content extends object>(
  files: readonly File[],
  scanned: readonly (Content | Unusable)[],
) {
  const readable: (File & Content)[] = [];
  const unreadable: (Unusable & { readonly item: string })[] = [];
  for (const [i, file] of files.entries()) {
    const result = scanned[i]!;
    if ("reason" in result) unreadable.push({ item: file.id, ...result });
    // A literal of two spreads would take 460 bytes for each file, and this takes 130.
    else readable.push(Object.assign({}, file, result));
  }
  return { readable, unreadable };
}

/** Largest share of unreadable files. */
const maxUnreadable = 0.1;

/**
 * Returns the files that could be read; the others are skipped with the reason.
 * @param place.name the list that names the files. Missing: they were found
 * @throws DataError if more than 10 % cannot be read
 */
export async function requireReadable<File extends { readonly id: string }, Content extends object>(
  files: readonly File[],
  scanned: readonly (Content | Unusable)[],
  skipped: { item: string; reason: string }[],
  place: {
    readonly files: Platform["files"];
    readonly folder: string;
    readonly root: string;
    readonly name: string | undefined;
    readonly unit: FileUnit;
  },
): Promise<(File & Content)[]> {
  const { readable, unreadable } = readableOf(files, scanned);
  skipped.push(...unreadable.map(({ item, reason }) => ({ item, reason })));
  if (unreadable.length <= maxUnreadable * files.length) return readable;
  const { tooManyUnreadable } = await import("./folder-refusals.js");
  throw await tooManyUnreadable(files.length, unreadable, place);
}
