import type { Platform } from "../../platform/platform.js";

/**
 * Writes a folder that appears under its name only when every file is complete; an older one of that name is replaced
 * then.
 * @param content files by their path in the folder, with "/"; for a repeated path the last counts
 * @throws FileError if the disk is full or read-only; then nothing is left behind
 */
export async function writeFolder(
  { files }: Pick<Platform, "files">,
  dir: string,
  content: Iterable<readonly [path: string, content: Uint8Array | string]>,
): Promise<void> {
  const final = files.resolve(dir);
  const temporary = `${final}.new`;
  const old = `${final}.old`;
  await files.remove(temporary);
  try {
    // In parallel, because most of the time is waiting for the disk. All are finished before the folder is removed.
    const written = await Promise.allSettled(
      Array.from(new Map(content), ([path, bytes]) =>
        files.writeAtomic(files.join(temporary, ...path.split("/")), bytes),
      ),
    );
    for (const one of written) if (one.status === "rejected") throw one.reason;
    await files.remove(old);
    if (await files.stat(final)) await files.rename(final, old);
    await files.rename(temporary, final);
    await files.remove(old);
  } catch (error) {
    await files.remove(temporary).catch(() => {});
    throw error;
  }
}
