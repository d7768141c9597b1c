import type { Platform } from "../../platform/platform.js";

/**
 * Write a folder that appears at once, under its name, when every file of it is there; an older one of that name is
 * replaced only then.
 * @param content files by their path in the folder, with "/" between the parts; of one path the last counts
 * @throws FileError when the disk is full or read-only; nothing is left behind then
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
    // Side by side: most of the time is waiting for the disk. All are done with before the folder is removed.
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
