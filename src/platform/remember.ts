import type { Files, Platform } from "./platform.js";

/** Kept at most; beyond it the oldest go. */
const most = 500;

/**
 * What was computed before from the same input, or else is computed now and kept in the cache folder. A file that cannot be
 * read, is damaged or does not look right is computed again; a full or read-only disk costs only the memory.
 * @param name of the computation, with its version: `look-alikes-1`
 * @param input all that the result depends on, or its hash
 * @param looksRight whether what was read can be what `compute` gives
 */
export async function remembered<T>(
  { files, cacheDir, sha256 }: Platform,
  name: string,
  input: string,
  looksRight: (value: unknown) => value is T,
  compute: () => T,
): Promise<T> {
  const folder = files.join(cacheDir(), "known");
  const file = files.join(folder, `${name}-${(await sha256(input)).slice(0, 32)}.json`);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(await files.read(file, { limit: 2 ** 26 })));
    if (looksRight(value)) return value;
  } catch {
    // First time, or damaged, or no permission.
  }
  const value = compute();
  try {
    await forgetOldest(files, folder);
    await files.writeAtomic(file, JSON.stringify(value));
  } catch {
    // It is computed again next time.
  }
  return value;
}

async function forgetOldest(files: Files, folder: string): Promise<void> {
  if ((await files.stat(folder)) === undefined) return;
  const names = (await files.list(folder)).map(({ name }) => files.join(folder, name));
  if (names.length < most) return;
  const dated = await Promise.all(
    names.map(async (path) => ({ path, modified: (await files.stat(path))?.modified ?? 0 })),
  );
  dated.sort((a, b) => a.modified - b.modified);
  for (const { path } of dated.slice(0, names.length - most + most / 10)) await files.remove(path);
}
