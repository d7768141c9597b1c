import type { FileState, Platform } from "../../platform/platform.js";
import { thumbnailSide } from "./duplicate-groups.js";
import type { Keep, Scanned } from "./scanned.js";

/** Cached facts of a file. */
interface Entry extends Pick<FileState, "size" | "modified" | "changed"> {
  readonly result: Scanned;
}

/** The cached scan results of a data folder, in one file of the cache folder. */
export class ScanMemory {
  readonly #known: Map<string, Entry>;
  readonly #seen = new Map<string, Entry>();
  #changed = false;

  private constructor(
    readonly platform: Platform,
    readonly file: string,
    readonly version: string,
    known: Map<string, Entry>,
  ) {
    this.#known = known;
  }

  /** Opens the cache. An unreadable or damaged file counts as empty. */
  static async open(platform: Platform, root: string, version: string, keep: Keep): Promise<ScanMemory> {
    const { files } = platform;
    const name = (await platform.sha256(root)).slice(0, 32);
    const file = files.join(platform.cacheDir(), "scan", `${name}.jsonl`);
    const known = new Map<string, Entry>();
    try {
      const lines = linesOf(await files.read(file, { limit: 2 ** 30 }));
      if (lines.next().value === headOf(version))
        for (const text of lines) {
          const line = parseLine(text, keep);
          if (line !== undefined) known.set(...line);
        }
    } catch {
      // There is no cache file yet, or no permission to read it.
    }
    return new ScanMemory(platform, file, version, known);
  }

  get(path: string, { size, modified, changed }: FileState): Scanned | undefined {
    const entry = this.#known.get(path);
    if (entry?.size !== size || entry.modified !== modified || entry.changed !== changed) return undefined;
    this.#seen.set(path, entry);
    return entry.result;
  }

  put(path: string, { size, modified, changed }: FileState, result: Scanned): void {
    this.#changed = true;
    this.#seen.set(path, { size, modified, changed, result });
  }

  /** Writes the cache. After a complete scan, it contains only the scanned images. A full or read-only disk is no error. */
  async save(complete: boolean): Promise<void> {
    if (!this.#changed) return;
    const entries = complete ? this.#seen : new Map([...this.#known, ...this.#seen]);
    await this.platform.files.writeAtomic(this.file, pieces(this.version, entries)).catch(() => undefined);
  }
}

const headOf = (version: string): string => JSON.stringify({ engraft: "scan", version });

/** Yields the content of the cache file in chunks of 100 lines, since 20,000 images take 14 MB. */
function* pieces(version: string, entries: ReadonlyMap<string, Entry>): Generator<string> {
  let piece = `${headOf(version)}\n`;
  let lines = 0;
  for (const [path, { size, modified, changed, result }] of entries) {
    const line: Line =
      "reason" in result
        ? [path, size, modified, changed, result.reason]
        : [path, size, modified, changed, result.sha256, toBase64(result.thumbnail), ...numbersOf(result)];
    piece += `${JSON.stringify(line)}\n`;
    if (++lines % 100 > 0) continue;
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

type Readable = Exclude<Scanned, { readonly reason: string }>;
type Numbers = readonly [frames: number, width: number, height: number, orientation: number];

const numbersOf = ({ frames, width, height, orientation }: Readable): Numbers => [
  frames,
  width,
  height,
  orientation,
];

/** Line of the cache file: path, size, modified, changed, then hash, thumbnail in base64 and numbers; or the reason. */
type Line =
  | readonly [string, number, number, number, string, string, ...Numbers]
  | readonly [string, number, number, number, string];

/** Characters of a thumbnail in base64: 4 for 3 bytes, no padding since the length divides by 3. */
const thumbnailCharacters = 4 * thumbnailSide * thumbnailSide;

function parseLine(text: string, keep: Keep): [path: string, entry: Entry] | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (!Array.isArray(line)) return undefined;
    const [path, size, modified, changed, hash, thumbnail, ...numbers] = line as unknown[];
    if (typeof path !== "string" || typeof hash !== "string") return undefined;
    if (typeof size !== "number" || typeof modified !== "number" || typeof changed !== "number")
      return undefined;
    const state = { size, modified, changed };
    if (line.length === 5) return [path, { ...state, result: { reason: hash, missing: false } }];
    const good =
      numbers.length === 4 &&
      numbers.every(Number.isInteger) &&
      /^[0-9a-f]{64}$/.test(hash) &&
      typeof thumbnail === "string" &&
      thumbnail.length === thumbnailCharacters;
    const pixels = good ? fromBase64(thumbnail) : undefined;
    if (pixels === undefined) return undefined;
    const [frames, width, height, orientation] = numbers as unknown as Numbers;
    const result = { sha256: hash, thumbnail: keep(pixels), frames, width, height, orientation };
    return [path, { ...state, result }];
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Value of each character, −1 for characters outside base64. */
const sextets = new Int8Array(128).fill(-1);
for (const [value, character] of [
  ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
].entries())
  sextets[character.charCodeAt(0)] = value;

/** Decodes base64 in a third of atob's time. @returns undefined for invalid base64 */
function fromBase64(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array((text.length / 4) * 3);
  let all = 0;
  for (let i = 0, at = 0; i < text.length; i += 4) {
    const a = sextets[text.charCodeAt(i)] ?? -1;
    const b = sextets[text.charCodeAt(i + 1)] ?? -1;
    const c = sextets[text.charCodeAt(i + 2)] ?? -1;
    const d = sextets[text.charCodeAt(i + 3)] ?? -1;
    // The sign bit of an invalid character remains.
    all |= a | b | c | d;
    const bits = (a << 18) | (b << 12) | (c << 6) | d;
    bytes[at++] = bits >> 16;
    bytes[at++] = bits >> 8;
    bytes[at++] = bits;
  }
  return all < 0 ? undefined : bytes;
}
