import type { Platform } from "../../platform/platform.js";

const file = "details.json";
/** Largest file, in bytes: 100 classes and 24 images with 100 boxes are 1 MB. */
const largest = 2 ** 25;

/** Six digits suffice for drawings, also for coordinates of large images. */
const short = (_key: string, value: unknown): unknown =>
  typeof value === "number" ? Number(value.toPrecision(6)) : value;

/** Stores what the report of a run shows besides its result. */
export async function keepDetails({ files }: Platform, run: string, details: object): Promise<void> {
  await files.writeAtomic(files.join(run, file), `${JSON.stringify(details, short)}\n`);
}

/**
 * Reads it; undefined if there is none, or if it is damaged.
 * @param isSound checks everything that the report reads: the file may come from anywhere
 */
export async function detailsIn<Details>(
  { files }: Platform,
  run: string,
  isSound: (json: unknown) => json is Details,
): Promise<Details | undefined> {
  const path = files.join(run, file);
  if (!(await files.stat(path))) return undefined;
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(await files.read(path, { limit: largest })));
    return isSound(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
