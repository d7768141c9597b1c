// Links may lead out of a folder.
import { leadsOut } from "../platform/leads-out.js";
import { nodePlatform } from "../platform/node.js";

const { files } = nodePlatform;

/** Returns the real path of a file or folder; undefined if it is gone, or a link leads out of `folder`. */
export async function pathInside(folder: string, path: string): Promise<string | undefined> {
  const real = await files.realPath(path).catch(() => undefined);
  if (real === undefined || leadsOut(files.relative(await files.realPath(folder), real))) return undefined;
  return real;
}
