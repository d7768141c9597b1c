import { stopIf } from "../core/errors.js";
import type { OnEvent } from "../core/events.js";
import type { FileState, Platform } from "../platform/platform.js";
import { checkHeader, decodeVersion, pictureFileLimit, reasonOf } from "./decode.js";
import type { FoundPicture } from "./found.js";
import { inOrder } from "./in-order.js";
import { thumbnailSide } from "./look-alikes.js";

/** What is known of a picture's content: its hash and a thumbnail, or why it cannot be used. */
export type Scanned =
  | { readonly sha256: string; readonly thumbnail: Uint8Array; readonly frames: number }
  | { readonly reason: string; readonly missing: boolean };

export interface ScanOptions {
  readonly platform: Platform;
  readonly root: string;
  /** Remember results in the cache folder (default true). */
  readonly cache?: boolean;
  readonly signal?: AbortSignal;
  readonly onEvent?: OnEvent;
}

/**
 * Look at every picture once: hash of its bytes, a thumbnail, readable or not. Results are remembered by
 * path, size and times of change, so that the second time only the file system is asked. One picture at a
 * time and core is in memory.
 *
 * @returns one result a picture, in their order
 * @throws Interrupted; what was scanned until then is remembered
 */
export async function scanPictures(
  pictures: readonly FoundPicture[],
  { platform, root, cache = true, signal, onEvent }: ScanOptions,
): Promise<Scanned[]> {
  const version = `${decodeVersion} ${thumbnailSide} ${await platform.pictures.version()}`;
  const memory = cache ? await Memory.open(platform, root, version) : undefined;
  const started = Date.now();
  let told = started;
  const results: Scanned[] = [];
  const tell = () => {
    told = Date.now();
    onEvent?.({
      event: "progress",
      phase: "scan",
      done: results.length,
      total: pictures.length,
      unit: "pictures",
      ...(results.length === 0
        ? {}
        : { seconds_left: ((told - started) / 1000 / results.length) * (pictures.length - results.length) }),
    });
  };
  try {
    const look = (picture: FoundPicture) => {
      stopIf(signal);
      return scanOne(picture, platform, memory, started);
    };
    for await (const result of inOrder(pictures, 4 * platform.cores(), look)) {
      results.push(result);
      // Ten times a second is as often as a person sees.
      if (Date.now() - told > 100) tell();
    }
    await memory?.save(true);
  } catch (error) {
    await memory?.save(false);
    throw error;
  }
  tell();
  return results;
}

async function scanOne(
  { path }: FoundPicture,
  platform: Platform,
  memory: Memory | undefined,
  started: number,
): Promise<Scanned> {
  let state: FileState | undefined;
  try {
    state = await platform.files.stat(path);
    if (state === undefined) return { reason: "there is no such file", missing: true };
    const known = memory?.get(path, state);
    if (known !== undefined) return known;
    const bytes = await platform.files.read(path, { limit: pictureFileLimit });
    let result: Scanned;
    try {
      const header = await checkHeader(bytes, platform);
      const { data } = await platform.pictures.thumbnail(bytes, thumbnailSide, header);
      result = { sha256: await platform.sha256(bytes), thumbnail: data, frames: header.frames };
    } catch (error) {
      result = { reason: reasonOf(error), missing: false };
    }
    // A file that changes while we look, or has just changed, may change again within the same tick of the clock.
    if (state.changed < started - 2000) memory?.put(path, state, result);
    return result;
  } catch (error) {
    return { reason: reasonOf(error), missing: false };
  }
}

/** A line of the cache file: path, size, modified, changed, then hash, thumbnail in base64, frames; or the reason. */
type Line =
  | readonly [string, number, number, number, string, string, number]
  | readonly [string, number, number, number, string];

/** Scan results of one data folder, in one file of the cache folder. */
class Memory {
  readonly #known: Map<string, Line>;
  readonly #seen = new Map<string, Line>();
  #changed = false;

  private constructor(
    readonly platform: Platform,
    readonly file: string,
    readonly version: string,
    known: Map<string, Line>,
  ) {
    this.#known = known;
  }

  /** An unreadable or damaged file is the same as none: every picture is looked at again. */
  static async open(platform: Platform, root: string, version: string): Promise<Memory> {
    const { files } = platform;
    const name = (await platform.sha256(root)).slice(0, 32);
    const file = files.join(platform.cacheDir(), "scan", `${name}.jsonl`);
    const known = new Map<string, Line>();
    try {
      const [head, ...lines] = new TextDecoder()
        .decode(await files.read(file, { limit: 2 ** 30 }))
        .split("\n");
      if (head === JSON.stringify({ engraft: "scan", version }))
        for (const text of lines) {
          const line = parseLine(text);
          if (line !== undefined) known.set(line[0], line);
        }
    } catch {
      // First time, or no permission.
    }
    return new Memory(platform, file, version, known);
  }

  get(path: string, { size, modified, changed }: FileState): Scanned | undefined {
    const line = this.#known.get(path);
    if (line === undefined || line[1] !== size || line[2] !== modified || line[3] !== changed)
      return undefined;
    this.#seen.set(path, line);
    return line.length === 5
      ? { reason: line[4], missing: false }
      : { sha256: line[4], thumbnail: fromBase64(line[5]), frames: line[6] };
  }

  put(path: string, { size, modified, changed }: FileState, result: Scanned): void {
    this.#changed = true;
    this.#seen.set(
      path,
      "reason" in result
        ? [path, size, modified, changed, result.reason]
        : [path, size, modified, changed, result.sha256, toBase64(result.thumbnail), result.frames],
    );
  }

  /** Write what is known; of a complete scan only what was seen. A full or read-only disk costs only the memory. */
  async save(complete: boolean): Promise<void> {
    if (!this.#changed) return;
    const lines = [JSON.stringify({ engraft: "scan", version: this.version })];
    for (const line of (complete ? this.#seen : new Map([...this.#known, ...this.#seen])).values())
      lines.push(JSON.stringify(line));
    await this.platform.files.writeAtomic(this.file, lines.join("\n") + "\n").catch(() => undefined);
  }
}

/** base64 of a thumbnail: 4 characters for 3 bytes, no padding since the length divides by 3. */
const thumbnailText = new RegExp(`^[A-Za-z0-9+/]{${4 * thumbnailSide * thumbnailSide}}$`);

function parseLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    if (!Array.isArray(line) || typeof line[0] !== "string" || typeof line[4] !== "string") return undefined;
    if (![line[1], line[2], line[3]].every((one) => typeof one === "number")) return undefined;
    if (line.length === 5) return line as unknown as Line;
    const good =
      line.length === 7 &&
      Number.isInteger(line[6]) &&
      /^[0-9a-f]{64}$/.test(line[4]) &&
      typeof line[5] === "string" &&
      thumbnailText.test(line[5]);
    return good ? (line as unknown as Line) : undefined;
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
