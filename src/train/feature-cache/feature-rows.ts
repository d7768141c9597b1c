import { EngraftError, messageOf } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { type Message, message } from "../../core/messages/message.js";
import type { Platform } from "../../platform/platform.js";
import { isShard, makeRoom, removeAbandoned, usedName } from "./folder.js";
import { decodeShard, encodeShard, type Shard, type ShardKind } from "./shard.js";

/** Options of a cache; only tests use smaller sizes. */
export interface RowsOptions extends ShardKind {
  readonly platform: Pick<Platform, "files" | "sha256">;
  readonly directory: string;
  readonly limitBytes: number;
  /** Rows are written when they have this many bytes. */
  readonly shardBytes: number;
  /** Time between writes in ms of rows that are a sixteenth of all: a killed run keeps most of its work. */
  readonly flushAfter: number;
  readonly warn: (code: string, sentence: Message) => void;
}

/** Largest shard that is read: rows of one shard stay far below. */
const readLimit = 2 ** 28;
/** Returns the reason of an event that says that a run stores no features any more; undefined for another event. */
export const cacheFailure = (event: EngraftEvent): string | undefined =>
  event.event === "warning" && event.sentence?.code === "features-not-kept"
    ? event.sentence.values.why
    : undefined;
/** Longest wait for another process that makes room, ms. */
const lockWait = 2_000;

/**
 * Rows of features under one key. `get` and `put` never fail because of the disk: what cannot be read is missing, and
 * what cannot be written is dropped, with one warning. In memory: an index of names, one shard, and unwritten rows (at
 * most one shard).
 */
export class FeatureRows {
  hits = 0;
  misses = 0;
  /** Number of shards that were damaged or unreadable. */
  damaged = 0;
  readonly #options: RowsOptions;
  readonly #path: string;
  readonly #index = new Map<string, { readonly shard: string; readonly row: number }>();
  #unread: string[] | undefined;
  #current: { readonly name: string; readonly shard: Shard } | undefined;
  #pending = new Map<string, Float32Array>();
  #lastFlush = Date.now();
  #writes = true;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: RowsOptions) {
    this.#options = options;
    this.#path = options.platform.files.join(options.directory, options.key);
  }

  /** Returns rows of items in order; undefined if missing. */
  async get(items: readonly string[]): Promise<(Float32Array | undefined)[]> {
    const rows = items.map((): Float32Array | undefined => undefined);
    await this.forEach(items, (row, i) => {
      rows[i] = row.slice();
    });
    return rows;
  }

  /** Calls `found` with each row that is there and its position. Each file is read once, so the order of the calls is that of the files. */
  forEach(items: readonly string[], found: (row: Float32Array, position: number) => void): Promise<void> {
    return this.#inTurn(async () => {
      this.misses += items.length;
      await this.#find(items, (row, i) => {
        this.hits++;
        this.misses--;
        found(row, i);
      });
    });
  }

  /**
   * Stores rows; known items are skipped.
   * @param rows float32[items, D]; copied
   * @throws ShapeError if the length does not fit
   */
  put(items: readonly string[], rows: Float32Array): Promise<void> {
    const { width } = this.#options;
    if (rows.length !== items.length * width) {
      throw new EngraftError(
        "ShapeError",
        `${items.length} items of ${width} features are ${items.length * width} values, got ${rows.length}`,
      );
    }
    const copy = rows.slice();
    return this.#inTurn(async () => {
      if (!this.#writes) return;
      items.forEach((item, i) => {
        if (this.#index.has(item)) return;
        this.#pending.set(item, copy.subarray(i * width, (i + 1) * width));
      });
      const bytes = this.#pending.size * width * 4;
      const late = Date.now() - this.#lastFlush >= this.#options.flushAfter;
      // Only if it is a share of all rows: a run of hours would leave thousands of small files.
      const isShare = 16 * this.#pending.size >= this.#index.size;
      if (bytes >= this.#options.shardBytes || (late && isShare && bytes > 0)) await this.#flush();
    });
  }

  /** Writes everything that is not written yet. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#writes && this.#pending.size > 0) await this.#flush();
      this.#current = undefined;
    });
  }

  /** Runs one operation at a time, in the order of the calls. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  async #find(items: readonly string[], found: (row: Float32Array, position: number) => void): Promise<void> {
    const { width } = this.#options;
    const wanted = new Map<string, { row: number; position: number }[]>();
    const unknown = new Map<string, number[]>();
    items.forEach((item, position) => {
      const pending = this.#pending.get(item);
      const place = this.#index.get(item);
      if (pending !== undefined) found(pending, position);
      else if (place === undefined) listOf(unknown, item).push(position);
      else listOf(wanted, place.shard).push({ row: place.row, position });
    });
    const take = ({ rows }: Shard, row: number, position: number) =>
      found(rows.subarray(row * width, (row + 1) * width), position);
    for (const [name, places] of wanted) {
      const shard = await this.#read(name);
      for (const { row, position } of places)
        if (shard === undefined) this.#index.delete(items[position]!);
        else take(shard, row, position);
    }
    // Rows are requested in the order in which they were put: mostly the next shard has them.
    this.#unread ??= await this.#listShards();
    while (unknown.size > 0 && this.#unread.length > 0) {
      const name = this.#unread.shift()!;
      const shard = await this.#read(name);
      shard?.items.forEach((item, row) => {
        if (this.#index.has(item)) return;
        this.#index.set(item, { shard: name, row });
        for (const position of unknown.get(item) ?? []) take(shard, row, position);
        unknown.delete(item);
      });
    }
  }

  async #listShards(): Promise<string[]> {
    const { files } = this.#options.platform;
    try {
      if ((await files.stat(this.#path))?.kind !== "folder") return [];
      const names = (await files.list(this.#path)).filter((e) => e.kind === "file" && isShard(e.name));
      // A read-only disk can still be read.
      await removeAbandoned(files, this.#path, Date.now()).catch(() => undefined);
      // Marks the key as used: the least recently used keys are removed first.
      await files.writeAtomic(files.join(this.#path, usedName), "").catch(() => undefined);
      return names.map((e) => e.name).sort();
    } catch (error) {
      this.#turnOff(error);
      return [];
    }
  }

  async #read(name: string): Promise<Shard | undefined> {
    if (this.#current?.name === name) return this.#current.shard;
    const { files, sha256 } = this.#options.platform;
    const path = files.join(this.#path, name);
    this.#current = undefined; // Only one shard in memory.
    let bytes: Uint8Array;
    try {
      // Removed by another process that made room.
      if ((await files.stat(path)) === undefined) return undefined;
      bytes = await files.read(path, { limit: readLimit });
    } catch (error) {
      if ((await files.stat(path).catch(() => undefined)) === undefined) return undefined;
      this.#reportDamage(false, messageOf(error));
      return undefined;
    }
    const shard = await decodeShard(bytes, this.#options, sha256);
    if ("damage" in shard) {
      await files.remove(path).catch(() => undefined);
      this.#reportDamage(true, `${JSON.stringify(path)}: ${shard.damage}`);
      return undefined;
    }
    this.#current = { name, shard };
    return shard;
  }

  /** Reports damage once; `damaged` counts all of it. */
  #reportDamage(removed: boolean, why: string): void {
    this.damaged++;
    if (this.damaged > 1) return;
    this.#options.warn("feature-cache-damaged", message("features-damaged", { removed, why }));
  }

  async #flush(): Promise<void> {
    const { platform, directory, limitBytes: limit, key, width } = this.#options;
    const { files, sha256 } = platform;
    const items = [...this.#pending.keys()];
    const rows = new Float32Array(items.length * width);
    items.forEach((item, i) => {
      rows.set(this.#pending.get(item)!, i * width);
    });
    this.#lastFlush = Date.now();
    try {
      const bytes = await encodeShard(this.#options, items, rows, sha256);
      const room = () => makeRoom(files, directory, { bytes: bytes.length, limit, keep: key });
      const fits = await this.#alone(room);
      if (!fits) {
        throw new EngraftError("FileError", `its limit of ${Math.round(limit / 1e6)} MB is reached`);
      }
      // Names sort by time, and never collide with another process's shard.
      const unique = (await sha256(bytes)).slice(0, 16);
      const name = `${Date.now().toString(36).padStart(9, "0")}-${unique}.shard`;
      await files.writeAtomic(files.join(this.#path, name), bytes);
      this.#pending = new Map();
      items.forEach((item, row) => {
        this.#index.set(item, { shard: name, row });
      });
      await removeAbandoned(files, this.#path, Date.now());
    } catch (error) {
      this.#turnOff(error);
    }
  }

  /**
   * Runs in one process at a time, so that two processes do not remove twice as much as needed. If the lock stays taken
   * (its holder may have been killed), it runs anyway: removing twice does no harm.
   */
  async #alone(work: () => Promise<boolean>): Promise<boolean> {
    const { platform, directory } = this.#options;
    const lock = platform.files.join(directory, "limit");
    try {
      return await platform.files.withLock(lock, work, { wait: lockWait, what: "the feature cache" });
    } catch (error) {
      if (error instanceof EngraftError && error.kind === "RunError") return work();
      throw error;
    }
  }

  /** Stops writing; rows read so far stay available. */
  #turnOff(error: unknown): void {
    if (!this.#writes) return;
    this.#writes = false;
    this.#pending = new Map();
    this.#options.warn("feature-cache-off", message("features-not-kept", { why: messageOf(error) }));
  }
}

function listOf<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
