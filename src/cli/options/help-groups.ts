import { type Place, places } from "../../options/option-places.js";
import type { CommandGroup } from "./command-spec.js";

/** Topics of `--help`: the usual options, every option, or the strategies of training. */
export const helpTopics = ["all", "strategies"] as const;
export type HelpTopic = (typeof helpTopics)[number];

/** Groups of commands, in the order of the help. */
export const commandGroups: Readonly<Record<CommandGroup, string>> = {
  train: "Train",
  understand: "Understand",
  use: "Use",
  manage: "Manage",
};

/** Flags that are no option of `train` of the same name. */
const flagPlaces: Readonly<Record<string, Place>> = {
  noBaselines: ["evidence", "more"],
  noComparison: ["evidence", "more"],
  resume: ["output", "basic"],
  data: ["data", "more"],
  dryRun: ["output", "basic"],
  prepare: ["output", "more"],
  noCache: ["output", "more"],
  noPictures: ["output", "more"],
  noExplain: ["output", "more"],
};

/** Options of a command that mean something else in `train`. */
const ownOptions: Readonly<Partial<Record<string, readonly string[]>>> = {
  extend: ["test"],
  sums: ["out"],
  compare: ["prepare"],
  curve: ["prepare"],
  diagnose: ["prepare"],
};

/** Returns the place of an option in the help: that of `train`'s option, or first if only this command has it. */
export const placeOf = (field: string, command: string): Place =>
  ownOptions[command]?.includes(field)
    ? ["command", "basic"]
    : ((places as Readonly<Record<string, Place>>)[field] ?? flagPlaces[field] ?? ["command", "basic"]);
