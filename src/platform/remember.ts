import type { Files, Platform } from "./platform.js";

/** Most entries; the oldest are removed. */
const most = 500;

/**
 * Returns a cached result for the same input, or computes it and stores it in the cache folder. A file that is
 * unreadable, damaged or invalid is computed again. A full or read-only disk only disables the cache.
 * @param name of the computation, with its version: `look-alikes-1`
 * @param input everything that the result depends on, as a text or lines, or its hash
 * @param looksRight returns true if a stored value can be a result of `compute`
 */
export async function remembered<T>(
  { files, cacheDir, sha256 }: Platform,
  name: string,
  input: string | readonly string[],
  looksRight: (value: unknown) => value is T,
  compute: () => T,
): Promise<T> {
  const folder = files.join(cacheDir(), "known");
  const file = files.join(folder, `${name}-${(await sha256(input)).slice(0, 32)}.json`);
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(await files.read(file, { limit: 2 ** 26 })));
    if (looksRight(value)) return value;
  } catch {
    // First time, damaged, or no permission.
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
