// Files of a run's data that a page shows: nothing outside the data is opened.
import { leadsOut } from "../../platform/leads-out.js";
import type { Platform } from "../../platform/platform.js";
import type { RunManifest } from "../folder/run-manifest.js";

/** Returns the path of an item of a data folder; undefined if it is not in it. The item may be from a file of another machine. */
export function pathInside(
  { files }: Pick<Platform, "files">,
  root: string,
  item: string,
): string | undefined {
  const path = files.resolve(root, item);
  return leadsOut(files.relative(root, path)) ? undefined : path;
}

/** Returns the files of samples if the data still exists; nothing outside it is opened. */
export async function filesOf(
  platform: Platform,
  { data }: RunManifest,
  shown: readonly string[],
): Promise<{ readonly id: string; readonly path: string }[]> {
  const there = await platform.files.stat(data);
  if (!there) return [];
  const root = there.kind === "folder" ? data : platform.files.dirname(data);
  return [...new Set(shown)].flatMap((id) => {
    const path = pathInside(platform, root, id);
    return path === undefined ? [] : [{ id, path }];
  });
}
