import { optionsOfCommand, type TrainingCommand } from "../../options/command-options.js";
import { helpOf } from "../../options/option-rows.js";
import { type OptionName, optionTable } from "../../options/option-table.js";
import type { TrainOptions } from "../../options/options.js";
import { flag, flagsOf, settings } from "./fields.js";

/** Options that are on unless a flag turns them off. */
const off = {
  cache: { noCache: flag("do not cache features on disk") },
  pictures: { noPictures: flag("show none of your samples in the report") },
  explain: { noExplain: flag("do not explain predictions in the report") },
} as const;

type Negative = keyof typeof off;
/** Options without a flag here: every command has the first two, and the run sets the reasons. */
const withoutFlag = ["seed", "threads", "reasons"] as const satisfies readonly OptionName[];

/** Fields of the options of `train` on a command line. */
type TrainFields = ReturnType<typeof flagsOf<Exclude<OptionName, Negative | "option">>> &
  (typeof off)["cache"] &
  (typeof off)["pictures"] &
  (typeof off)["explain"] & { readonly option: ReturnType<typeof settings> };

/**
 * Returns the flags of the options of `train` that a command takes, from the option table.
 * @param own options that the command declares in another form
 */
export function trainFlags<const Own extends OptionName = never>(
  command: TrainingCommand,
  own: readonly Own[] = [],
): Omit<TrainFields, Own> {
  return flagsFor(optionsOfCommand(command), own);
}

/** Returns the flags of some options of `train`. */
export function flagsFor<const Own extends OptionName = never>(
  names: readonly OptionName[],
  own: readonly Own[] = [],
): Omit<TrainFields, Own> {
  const left = new Set<OptionName>([...withoutFlag, ...own]);
  const fields = names
    .filter((name) => !left.has(name))
    .map((name) =>
      name === "option"
        ? { option: settings(helpOf(optionTable.option)) }
        : name in off
          ? off[name as Negative]
          : flagsOf(name as Exclude<OptionName, Negative | "option">),
    );
  return Object.assign({}, ...fields) as Omit<TrainFields, Own>;
}

/** Returns the options of `train` that a command line gives. */
export function trainOptionsOf(
  given: Readonly<Partial<TrainOptions>> & {
    readonly noCache?: boolean | undefined;
    readonly noPictures?: boolean | undefined;
  },
): TrainOptions {
  const known = Object.entries(given).filter(([name]) => Object.hasOwn(optionTable, name));
  return {
    ...Object.fromEntries(known),
    cache: given.noCache !== true,
    ...(given.noPictures === true && { pictures: false }),
  };
}
