import { leadsOut } from "../../platform/leads-out.js";
import type { Platform } from "../../platform/platform.js";

/** Paths of a study relative to its folder: it may be moved with them, or be seen under another path. */
export type PathsFromStudy = Readonly<Partial<Record<"data" | "source" | "base" | "initFrom", string>>>;

/** Fields of a study's manifest that have paths. */
interface Paths {
  readonly data: string;
  readonly source?: string;
  readonly options: Readonly<Partial<Record<"base" | "initFrom", string>>>;
  readonly from_study?: PathsFromStudy;
}

/** Returns the deepest folder that holds a study and a path; undefined if only the root of the disk does. */
export function sharedRoot(files: Platform["files"], study: string, path: string): string | undefined {
  for (let above = files.dirname(study); above !== files.dirname(above); above = files.dirname(above))
    if (!leadsOut(files.relative(above, path))) return above;
  return undefined;
}

/** Returns the paths of a study relative to its folder, if a folder below the root of the disk holds both. */
export function pathsFromStudy({ files }: Platform, study: string, manifest: object): PathsFromStudy {
  const { data, source, options } = manifest as Paths;
  const all = { data, source, base: options.base, initFrom: options.initFrom };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, path]) =>
      path !== undefined && files.resolve(path) === path && sharedRoot(files, study, path) !== undefined
        ? [[name, files.relative(study, path)]]
        : [],
    ),
  );
}

/** Returns a manifest with the paths that lead to a file from where the study is now. */
export async function withPathsHere<Manifest extends object>(
  { files }: Platform,
  study: string,
  manifest: Manifest,
): Promise<Manifest> {
  const { from_study: from = {}, data, source, options } = manifest as Manifest & Paths;
  const here = async (name: keyof PathsFromStudy, before: string | undefined) => {
    const path = from[name] === undefined ? undefined : files.resolve(study, from[name]);
    const now = path !== undefined && (await files.stat(path)) ? path : before;
    return now === undefined ? {} : { [name]: now };
  };
  const models = { ...(await here("base", options.base)), ...(await here("initFrom", options.initFrom)) };
  return {
    ...manifest,
    ...(await here("data", data)),
    ...(await here("source", source)),
    options: { ...options, ...models },
  };
}
