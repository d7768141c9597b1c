import { EngraftError } from "../../core/errors.js";
import type { BaseModality } from "../../core/modalities.js";
import { didYouMean } from "../../core/nearest.js";
import type { ComparedEntry } from "../../core/results/comparison.js";
import type { Task } from "../../core/results/task.js";
import { isSolved, type StrategyName, settingsOf, strategies } from "../../methods/registry.js";
import { type RequestedOptions, readPair, type SettingValue } from "../../methods/settings.js";
import type { Augment } from "../../options/augment-options.js";
import type { TrainOptions } from "../../options/options.js";
import { optionsOfSolved, refuseUnusable } from "../../options/refuse-unusable.js";
import type { TaskWithCapabilities } from "../../options/task-capabilities.js";

/**
 * Parses the entries of a comparison: `probe`, `last-n:last=2`, `lora:r=4:alpha=8`; `all` for every strategy but `auto`. An
 * entry may have its own augmentation: `finetune:augment=typo`, `finetune:augment=delete+swap`.
 *
 * @param shared options for all entries. Each applies to the entries that have it; an entry's own value has priority.
 * @throws OptionError for an unknown strategy, a repeated one, or an option that no entry has
 */
export function entriesOf(requested: readonly string[], shared: RequestedOptions = {}): ComparedEntry[] {
  const names = Object.keys(strategies) as StrategyName[];
  const entries = requested
    .flatMap((text) => (text.trim() === "all" ? names.filter((name) => name !== "auto") : [text.trim()]))
    .map((text) => entryOf(text, names));
  if (entries.length === 0)
    throw new EngraftError("OptionError", "there is nothing to compare", { help: choices(names) });
  const twice = entries.find(({ label }, i) => entries.findIndex((other) => other.label === label) !== i);
  if (twice)
    throw new EngraftError("OptionError", `"${twice.label}" is to be compared with itself`, {
      help: "name each once; with other options it is another: last-n:last=1,last-n:last=3",
      details: { strategies: requested },
    });
  for (const name of Object.keys(shared))
    if (!entries.some(({ strategy }) => optionNamesOf(strategy).includes(name)))
      throw new EngraftError("OptionError", `none of the strategies to compare has an option ${name}`, {
        help: entries
          .map(({ strategy }) => `${strategy}: ${optionNamesOf(strategy).join(", ") || "none"}`)
          .join("; "),
        details: { option: name },
      });
  return entries.map((entry) => {
    const own = Object.entries(shared).filter(([name]) => optionNamesOf(entry.strategy).includes(name));
    const option = { ...Object.fromEntries(own), ...entry.option };
    return Object.keys(option).length > 0 ? { ...entry, option } : entry;
  });
}

const choices = (names: readonly string[]): string =>
  `give strategies with commas between, of ${names.join(", ")}; or all`;

/** Returns the names of a strategy's options, and of the training loop's options if it has a loop. */
function optionNamesOf(strategy: string): readonly string[] {
  return Object.keys(settingsOf(strategy as StrategyName));
}

function entryOf(text: string, names: readonly StrategyName[]): ComparedEntry {
  const [name = "", ...pairs] = text.split(":");
  const strategy = names.find((known) => known === name);
  if (strategy === undefined)
    throw new EngraftError("OptionError", `there is no strategy ${JSON.stringify(name)}`, {
      ...(text !== name && { at: text }),
      help: `${didYouMean(name, names)}${choices(names)}`,
      details: { strategy: name },
    });
  const option: Record<string, SettingValue> = {};
  let augment: string | undefined;
  for (const pair of pairs) {
    const read = readPair(pair);
    if (!read)
      throw new EngraftError("OptionError", `"${pair}" is no option of a strategy`, {
        at: text,
        help: "write NAME:OPTION=VALUE, like last-n:last=2",
      });
    // Commas separate strategies, so an entry joins augmentations by +.
    if (read[0] === "augment") augment = String(read[1]).replaceAll("+", ",");
    else option[read[0]] = read[1];
  }
  return {
    label: text,
    strategy,
    ...(Object.keys(option).length > 0 && { option }),
    ...(augment !== undefined && { augment }),
  };
}

/**
 * Returns the options of an entry's run: shared options and its own. A probe gets no options of training steps if another
 * entry uses them.
 *
 * @param entries all entries of the comparison
 */
export function optionsOfEntry(
  { strategy, option, augment }: ComparedEntry,
  shared: Readonly<Partial<TrainOptions>>,
  entries: readonly ComparedEntry[],
): Partial<TrainOptions> {
  const { option: _sharedOption, ...sharedOptions } = shared;
  const withoutSteps = isSolved(strategy) && entries.some((other) => !isSolved(other.strategy));
  return {
    ...(withoutSteps ? optionsOfSolved(strategy, sharedOptions) : sharedOptions),
    strategy: strategy as StrategyName,
    ...(option && { option }),
    ...(augment !== undefined && { augment: augment as Augment }),
  };
}

/**
 * Returns the entries that a run on the data accepts. `all` leaves out the others; a named entry that does not fit is an error.
 *
 * @param how.named entries that the user named @param how.input modality of a multi-label task, once known
 * @param how.others entries that are already in the comparison
 * @throws OptionError of the run, with the entry as its place
 */
export async function fittingEntries(
  task: Task | TaskWithCapabilities,
  entries: readonly ComparedEntry[],
  shared: Readonly<Partial<TrainOptions>>,
  how: {
    readonly named: readonly string[];
    readonly input?: BaseModality;
    readonly others?: readonly ComparedEntry[];
  },
): Promise<readonly ComparedEntry[]> {
  const named = new Set(how.named.map((name) => name.trim()));
  const all = [...(how.others ?? []), ...entries];
  const fitting: ComparedEntry[] = [];
  let first: EngraftError | undefined;
  for (const entry of entries) {
    try {
      refuseUnusable(optionsOfEntry(entry, shared, all), task, how.input);
      fitting.push(entry);
    } catch (error) {
      if (!(error instanceof EngraftError)) throw error;
      const { kind, message, help, details } = error;
      const located = new EngraftError(kind, message, {
        at: `strategies: ${entry.label}`,
        help,
        details,
      });
      if (named.has(entry.label)) throw located;
      first ??= located;
    }
  }
  if (fitting.length === 0 && first) throw first;
  return fitting;
}
