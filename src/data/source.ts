import type { FolderEntry, Platform } from "../platform/platform.js";
import type { NamesByColumn } from "./lists/columns.js";
import type { ParsedTable } from "./lists/csv.js";

/** Rows of a file that were read. */
export interface KnownRows extends ParsedTable {
  /** Class names from the file itself. */
  readonly names?: NamesByColumn | undefined;
}

/**
 * Data at a path while they are opened. Whoever reads with its platform shares what was read: each folder is listed once, and each
 * list is parsed at most twice, first its first rows and then all.
 */
export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly platform: Platform;
  /** Forgets what was read, which would keep its memory. */
  readonly forget: () => void;
}

/** How the lists of a source are divided into splits, and its samples into shards. `divided` and `dates` are filled as the lists are read. */
export interface ListDivision {
  /** Column of dates or numbers by which the rows are divided: the earliest are learnt from, the latest test. Missing: none. */
  readonly splitBy?: string | undefined;
  /** Rows that are left out before validation and test split. Default 0. */
  readonly gap?: number | undefined;
  /** Share of the samples that is opened, "3/20". Default: all. */
  readonly shard?: string | undefined;
  /** True if a list was divided. */
  divided: boolean;
  /** Columns of dates in lists without a split. */
  readonly dates: Set<string>;
}

/** Rows by path and meaning of quotes, for each platform of a source. */
const rowsOfSources = new WeakMap<Platform, Map<string, KnownRows>>();

/** Returns the rows that a source has read; undefined for the platform of no source. */
export const knownRowsOf = (platform: Platform): Map<string, KnownRows> | undefined =>
  rowsOfSources.get(platform);

const divisionOfSources = new WeakMap<Platform, ListDivision>();

/** Returns how the lists of a source are divided; undefined for the platform of no source. */
export const divisionOf = (platform: Platform): ListDivision | undefined => divisionOfSources.get(platform);

/** Returns the share of the samples that a source opens, "3/20"; undefined for all. */
export const shardOf = (platform: Platform): string | undefined => divisionOf(platform)?.shard;

/** Returns the source of a path; a source is returned as it is. @param how division of its lists (default: as they say themselves), and the share of the samples that is opened */
export function sourceOf(
  platform: Platform,
  data: string | Source,
  how: Pick<ListDivision, "splitBy" | "gap" | "shard"> = {},
): Source {
  if (typeof data !== "string") return data;
  const { files } = platform;
  const path = files.resolve(data);
  const rows = new Map<string, KnownRows>();
  const entries = new Map<string, readonly FolderEntry[]>();
  const isInside = (one: string): boolean => {
    const below = files.relative(path, one);
    return below !== ".." && !below.startsWith("../") && !files.isAbsolute(below);
  };
  const list = async (folder: string): Promise<FolderEntry[]> => {
    if (!isInside(folder)) return files.list(folder);
    const found = entries.get(folder) ?? (await files.list(folder));
    entries.set(folder, found);
    return [...found];
  };
  const reading: Platform = { ...platform, files: { ...files, list } };
  rowsOfSources.set(reading, rows);
  divisionOfSources.set(reading, { ...how, divided: false, dates: new Set() });
  const forget = (): void => {
    rows.clear();
    entries.clear();
  };
  return { path, platform: reading, forget };
}

/** Rows of a list that are read at first. They are enough to say what a list holds, unless a number decides. */
const firstRows = 2000;

/**
 * Reads the first rows of a file, or all of them, as far as its source has not read them yet.
 * @param parse parses the file up to a number of rows
 */
export async function readOnce(
  known: Map<string, KnownRows>,
  key: string,
  most: number | undefined,
  parse: (most: number | undefined) => Promise<KnownRows>,
): Promise<KnownRows> {
  const earlier = known.get(key);
  if (earlier && (earlier.isWhole || (most ?? Number.POSITIVE_INFINITY) <= earlier.rows.length))
    return earlier;
  const wanted = most === undefined ? undefined : Math.max(most, firstRows);
  const rows = await parse(wanted);
  known.set(key, rows);
  return rows;
}
