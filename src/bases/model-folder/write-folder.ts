import { EngraftError } from "../../core/errors.js";
import { requireOwnOutput } from "../../platform/disk/write-output.js";
import type { Files, Platform } from "../../platform/platform.js";

/**
 * Writes a folder that appears under its name only when every file is complete; an older model of that name is replaced
 * then.
 * @param content files by their path in the folder, with "/"; for a repeated path the last counts
 * @throws OptionError if the name is that of another folder; FileError if the disk is full or read-only; then nothing is left behind
 */
export async function writeFolder(
  { files }: Pick<Platform, "files">,
  dir: string,
  content: Iterable<readonly [path: string, content: Uint8Array | string]>,
): Promise<void> {
  const final = files.resolve(dir);
  await requireReplaceable(files, final);
  await placeFolder(files, final, async (temporary) => {
    // In parallel, because most of the time is waiting for the disk. All are finished before the folder is removed.
    const written = await Promise.allSettled(
      Array.from(new Map(content), ([path, bytes]) =>
        files.writeAtomic(files.join(temporary, ...path.split("/")), bytes),
      ),
    );
    for (const one of written) if (one.status === "rejected") throw one.reason;
  });
}

/** Writes a folder beside its path, and gives it its name when it is complete. After an error nothing is left behind. */
export async function placeFolder(
  files: Files,
  final: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const [temporary, old] = [besideOf(files, final), besideOf(files, final)];
  try {
    await write(temporary);
    if (await files.stat(final)) await files.rename(final, old);
    await files.rename(temporary, final);
    await files.remove(old);
  } catch (error) {
    await files.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Returns a new name in the same folder. A run removes names of this form that a killed process left. */
function besideOf(files: Files, path: string): string {
  const drawn = crypto.getRandomValues(new Uint8Array(6));
  const hex = Array.from(drawn, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return files.join(files.dirname(path), `.${files.relative(files.dirname(path), path)}.${hex}.tmp`);
}

/** @throws OptionError if a file has this name, or a folder with anything but a model that Engraft wrote */
async function requireReplaceable(files: Files, folder: string): Promise<void> {
  const there = await files.stat(folder);
  if (there === undefined) return;
  const has = async (name: string) => (await files.stat(files.join(folder, name))) !== undefined;
  if (there.kind === "folder") {
    if ((await files.list(folder)).length === 0 || (await has("engraft.json"))) return;
    // Models of a language modelling have no manifest.
    if (await has("README.md"))
      return requireOwnOutput(files, files.join(folder, "README.md"), "card", "the model folder");
  }
  throw new EngraftError(
    "OptionError",
    `"${folder}" is there already, and it is no model that Engraft wrote`,
    { help: "give the path of a new folder, or move this one away" },
  );
}
