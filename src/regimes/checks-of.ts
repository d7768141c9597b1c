import type { FormCheck } from "../options/option-checks.js";
import { type OptionName, optionTable } from "../options/option-table.js";

/** Returns the checks of options that a regime shares with `train`. */
export const checksOf = <N extends OptionName>(names: readonly N[]): Readonly<Record<N, FormCheck>> =>
  Object.fromEntries(names.map((name) => [name, optionTable[name].check])) as Record<N, FormCheck>;
