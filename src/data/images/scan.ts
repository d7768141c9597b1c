import { stopIf } from "../../core/errors.js";
import type { OnProgress } from "../../core/events/progress-events.js";
import { pictureFileLimit } from "../../core/file-limits.js";
import type { FileState, Platform } from "../../platform/platform.js";
import type { ScanMemory } from "../scan-memory.js";
import { shardOf } from "../source.js";
import type { FoundPicture } from "../split/found.js";
import { inOrder } from "../split/in-order.js";
import { checkHeader, decodeVersion, reasonFor, reasonOf } from "./decode.js";
import { thumbnailSideOf } from "./duplicate-groups.js";
import { type Scanned, type ThumbnailStore, thumbnailBlocks } from "./scanned.js";
import type { ScannedPicture } from "./scanned-lines.js";

/** Options of {@link scanPictures}. */
export interface ScanOptions {
  readonly platform: Platform;
  readonly root: string;
  /** Stores results in the cache folder (default true). */
  readonly cache?: boolean;
  /** Share of the files, "3/20", whose results are cached apart. */
  readonly shard?: string | undefined;
  /** Number of pictures of all shares. Default: of this one. */
  readonly total?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: OnProgress;
}

/**
 * Scans images for hash, thumbnail and readability. Results are cached by path, size and times of change.
 *
 * @returns one result per image, in their order
 * @throws Interrupted; earlier results stay in the cache
 */
export async function scanPictures(
  pictures: readonly Pick<FoundPicture, "path">[],
  {
    platform,
    root,
    cache = true,
    shard = shardOf(platform),
    total = pictures.length,
    signal,
    onEvent,
  }: ScanOptions,
): Promise<Scanned[]> {
  const store = thumbnailBlocks(thumbnailSideOf(total));
  const version = `${decodeVersion} ${store.side} ${await platform.pictures.version()}`;
  const memory = cache ? await openMemory(pictures, { platform, root, shard }, version, store) : undefined;
  const started = Date.now();
  let lastReport = started;
  const results: Scanned[] = [];
  const reportProgress = () => {
    lastReport = Date.now();
    onEvent?.({
      event: "progress",
      phase: "scan",
      done: results.length,
      total: pictures.length,
      unit: "pictures",
      ...(results.length === 0
        ? {}
        : {
            seconds_left:
              ((lastReport - started) / 1000 / results.length) * (pictures.length - results.length),
            ...(lastReport > started && { per_second: (1000 * results.length) / (lastReport - started) }),
          }),
    });
  };
  try {
    const scanPicture = (picture: Pick<FoundPicture, "path">) => {
      stopIf(signal);
      return scanOne(picture, platform, memory, store, started);
    };
    for await (const result of inOrder(pictures, 4 * platform.cores(), scanPicture)) {
      results.push(result);
      // At most ten reports a second.
      if (Date.now() - lastReport > 100) reportProgress();
    }
    await memory?.save(true);
  } catch (error) {
    await memory?.save(false);
    throw error;
  }
  reportProgress();
  return results;
}

/** Opens the cache. Its code is loaded on demand. */
async function openMemory(
  scanned: readonly Pick<FoundPicture, "path">[],
  { platform, root, shard }: Pick<ScanOptions, "platform" | "root" | "shard">,
  version: string,
  store: ThumbnailStore,
): Promise<ScanMemory<ScannedPicture>> {
  const { ScanMemory } = await import("../scan-memory.js");
  const { pictureLines } = await import("./scanned-lines.js");
  const lines = pictureLines(store);
  return ScanMemory.open(platform, root, { folder: "scan", version, lines, shard, scanned });
}

async function scanOne(
  { path }: Pick<FoundPicture, "path">,
  platform: Platform,
  memory: ScanMemory<ScannedPicture> | undefined,
  { side, keep }: ThumbnailStore,
  started: number,
): Promise<Scanned> {
  let state: FileState | undefined;
  try {
    state = await platform.files.stat(path);
    if (state === undefined) return { reason: "there is no such file", missing: true };
    const known = memory?.get(path, state);
    if (known !== undefined) return changedAt(known, state);
    const bytes = await platform.files.read(path, { limit: pictureFileLimit });
    let result: Scanned;
    try {
      const header = await checkHeader(bytes, platform);
      const { data } = await platform.pictures.thumbnail(bytes, side, header);
      const { frames, width, height, orientation = 1, taken } = header;
      const sha256 = await platform.sha256(bytes);
      const content = { sha256, thumbnail: keep(data), frames, width, height, orientation };
      result = taken === undefined ? content : { ...content, taken };
    } catch (error) {
      result = { reason: await reasonFor(bytes, error), missing: false };
    }
    // A new file may change again within the same tick of the file system's clock.
    if (state.changed < started - 2000) memory?.put(path, state, result);
    return changedAt(result, state);
  } catch (error) {
    return { reason: reasonOf(error), missing: false };
  }
}

/** Returns a result with the time of its file. */
const changedAt = (result: Scanned, { modified }: FileState): Scanned =>
  "reason" in result ? result : Object.assign(result, { modified });
