import type { Files } from "../../platform/platform.js";

/** The folder of a key in the cache. */
export interface KeyFolder {
  readonly key: string;
  readonly path: string;
  readonly bytes: number;
  readonly shards: number;
  /** Time of the last opening or writing, ms since 1970. */
  readonly used: number;
}

const isKey = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
export const isShard = (name: string): boolean => /^[0-9a-z-]+\.shard$/.test(name);
/** File that is touched when its key is opened: the least recently used key is removed first. */
export const usedName = "used";
/** Age in ms from which a temporary file belongs to a killed process. */
const abandonedAfter = 3_600_000;

/** Lists the cached keys. Other files in the folder are never touched. */
export async function listKeys(files: Files, directory: string): Promise<KeyFolder[]> {
  if ((await files.stat(directory))?.kind !== "folder") return [];
  const keys = (await files.list(directory)).filter((e) => e.kind === "folder" && isKey(e.name));
  const folders: KeyFolder[] = [];
  for (const { name } of keys) {
    const folder = await measureKey(files, directory, name);
    if (folder !== undefined) folders.push(folder);
  }
  return folders;
}

async function measureKey(files: Files, directory: string, key: string): Promise<KeyFolder | undefined> {
  const path = files.join(directory, key);
  // Another process may have removed the folder.
  const entries = await files.list(path).catch(() => undefined);
  if (entries === undefined) return undefined;
  let bytes = 0;
  let shards = 0;
  let used = 0;
  for (const { name, kind } of entries) {
    if (kind !== "file") continue;
    const state = await files.stat(files.join(path, name)).catch(() => undefined);
    if (state === undefined) continue;
    bytes += state.size;
    if (isShard(name)) shards++;
    if (isShard(name) || name === usedName) used = Math.max(used, state.modified);
  }
  return { key, path, bytes, shards, used };
}

/**
 * Removes the least recently used keys until `bytes` more fit under the limit; never the key `keep`.
 * @returns true if they fit
 */
export async function makeRoom(
  files: Files,
  directory: string,
  { bytes, limit, keep }: { readonly bytes: number; readonly limit: number; readonly keep: string },
): Promise<boolean> {
  const keys = await listKeys(files, directory);
  let total = keys.reduce((sum, folder) => sum + folder.bytes, 0);
  for (const folder of keys.sort((a, b) => a.used - b.used)) {
    if (total + bytes <= limit) break;
    if (folder.key === keep) continue;
    await files.remove(folder.path);
    total -= folder.bytes;
  }
  return total + bytes <= limit;
}

/** Temporary file of {@link usedName}. Its writer does without it, so it may be removed at any time. */
const halfUsed = new RegExp(`^\\.${usedName}\\.[0-9a-f]+\\.tmp$`);

/** Removes what killed processes left in a key's folder. */
export async function removeAbandoned(files: Files, path: string, now: number): Promise<void> {
  for (const { name, kind } of await files.list(path)) {
    if (kind !== "file" || !name.endsWith(".tmp")) continue;
    const file = files.join(path, name);
    const state = await files.stat(file);
    if (state === undefined) continue;
    if (halfUsed.test(name) || now - state.modified > abandonedAfter) await files.remove(file);
  }
}
