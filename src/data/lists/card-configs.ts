import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { Files } from "../../platform/platform.js";
import { byCodePoint, listName, partNames, quoted } from "../split/found.js";
import { cardFields, isFields } from "./dataset-card.js";

/** The lists of a dataset card's configuration. */
export interface ConfiguredLists {
  /** Names relative to the folder of the card. */
  readonly files: readonly { readonly name: string; readonly part?: Part }[];
  /** Lists of splits other than train, validation and test. */
  readonly skipped: readonly string[];
}

/** The patterns for the files of a split. */
interface SplitFiles {
  readonly split: string;
  readonly patterns: readonly string[];
}

/**
 * Returns the lists that a dataset card names for each split (`configs` and `data_files` in the front matter of README.md).
 * Among several configurations it takes the one with `default: true`, or the one called "default".
 * @returns undefined without a card, without configurations, and for files that are no lists
 * @throws DataError for several configurations without a default, and for patterns without a file
 * @see https://huggingface.co/docs/hub/datasets-manual-configuration
 */
export async function configuredLists(files: Files, folder: string): Promise<ConfiguredLists | undefined> {
  const card = files.join(folder, "README.md");
  if ((await files.stat(card))?.kind !== "file") return undefined;
  const { configs } = await cardFields(files, card, "configs:");
  const all = (Array.isArray(configs) ? configs : []).filter(isFields);
  const usable = all.filter(({ data_files }) => data_files !== undefined);
  const chosen =
    usable.find((one) => one.default === true) ??
    usable.find(({ config_name }) => config_name === "default") ??
    (usable.length === 1 ? usable[0] : undefined);
  if (usable.length === 0) return undefined;
  if (!chosen)
    throw new EngraftError(
      "DataError",
      `the dataset card has ${usable.length} configurations: ${quoted(usable.map(({ config_name }) => String(config_name)))}`,
      {
        at: card,
        help: 'add "default: true" to the one to use, or give its files: engraft train FILE, or a folder with train.csv and test.csv',
      },
    );
  const names = await fileNamesIn(files, folder);
  const found = splitsOf(chosen.data_files).map(({ split, patterns }) => {
    const tests = patterns.map(globTest);
    const own = names.filter((name) => tests.some((fits) => fits(name)));
    if (own.length > 0) return { split, own };
    throw new EngraftError(
      "DataError",
      `no file fits ${quoted(patterns)}, the ${split} split of the dataset card`,
      { at: card, help: "correct data_files in README.md, or put the files there" },
    );
  });
  if (!found.every(({ own }) => own.every((name) => listName.test(name)))) return undefined;
  const lists = found.flatMap(({ split, own }) => own.map((name) => ({ name, part: partNames.get(split) })));
  const split = found.length > 1;
  return {
    // A single split does not divide the data.
    files: lists.flatMap(({ name, part }) => (split ? (part ? [{ name, part }] : []) : [{ name }])),
    skipped: split ? lists.flatMap(({ name, part }) => (part ? [] : [name])) : [],
  };
}

/** Returns splits with patterns: `data_files` is a pattern, a list of patterns, or a list of splits with patterns. */
function splitsOf(given: unknown): SplitFiles[] {
  const listed = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
  const rows = Array.isArray(given) ? given : [given];
  if (!rows.every(isFields)) return [{ split: "train", patterns: listed(given) }];
  return rows.map(({ split, path }) => ({
    split: String(split ?? "train").toLowerCase(),
    patterns: listed(path),
  }));
}

/** Largest depth of subfolders in a dataset. */
const maxDepth = 4;

/** Returns the names of all visible files, relative to the folder, separated by /. */
async function fileNamesIn(files: Files, folder: string, before = "", depth = 0): Promise<string[]> {
  const names: string[] = [];
  for (const { name, kind } of await files.list(folder)) {
    if (name.startsWith(".")) continue;
    if (kind !== "folder") names.push(`${before}${name}`);
    else if (depth < maxDepth)
      names.push(...(await fileNamesIn(files, files.join(folder, name), `${before}${name}/`, depth + 1)));
  }
  return names.sort(byCodePoint);
}

/** Longest pattern that fits a file: the longest path of Linux. */
const longestPattern = 4096;

/**
 * Returns a test of names by a glob: `**` matches any folders, `*` and `?` match characters within a name. It follows all ways through the pattern
 * at once, so that many stars take no longer than many letters.
 */
function globTest(pattern: string): (name: string) => boolean {
  const tokens = pattern.replace(/^\.\//, "").match(/\*\*\/|\*\*|./gs) ?? [];
  if (tokens.length > longestPattern) return () => false;
  /** Adds a place of the pattern, and those behind it if the tokens between them may match nothing. */
  const enter = (places: Set<number>, first: number): void => {
    for (let i = first; places.add(i) && tokens[i]?.startsWith("*"); i++);
  };
  return (name) => {
    let places = new Set<number>();
    enter(places, 0);
    for (const c of name) {
      const next = new Set<number>();
      for (const i of places) {
        const token = tokens[i];
        if (token === "**/") next.add(i);
        if (token === "**" || (token === "*" && c !== "/")) enter(next, i);
        else if (token === c || (token === "?" && c !== "/") || (token === "**/" && c === "/"))
          enter(next, i + 1);
      }
      places = next;
    }
    return places.has(tokens.length);
  };
}
