// Options of `train` for the page. It reads the table of the library, so it is loaded when Train is opened.
import { isCustomTask, type Task } from "../../src/core/results/task.js";
import { type OptionName, optionTable } from "../../src/options/option-table.js";
import type { TrainOptions } from "../../src/options/options.js";
import { type OptionInfo, optionsOf } from "../../src/options/options-of-task.js";
import { hasCompanion, optionsOfSolved } from "../../src/options/refuse-unusable.js";
import type { OptionValue, Project } from "../../src/studio/project.js";
import { sampleKindFacts } from "../../src/studio/project-kinds.js";
import type { Store } from "../store/store.js";
import { inspect } from "./inspect.js";

export type { OptionInfo } from "../../src/options/options-of-task.js";

/** Trainings that the page offers: a new last layer; all weights; or with baselines and a verdict. */
export const ways = ["quick", "thorough", "verdict"] as const;
export type Way = (typeof ways)[number];

/** Options that the page decides, or that need files which it does not have. The form says that the command has them. */
const notOffered = [
  ...["out", "baselines", "test", "with", "initFrom", "initHead", "base", "groupFrom", "template"],
];
/** Options about the columns and lines of files. */
const ofFiles = ["target", "labels", "text", "inputs", "splitBy", "gap", "season", "quotes", "classNames"];
/** Kinds of values that a project can hold. */
const offered = ["whole", "number", "seconds", "choice", "flag", "string", "memory", "numbers"];

/** Options of a project's task. */
export interface TaskOptions {
  /** Task of samples with classes, also if a class has the name of a number or of two labels. Missing: the data decide it. */
  readonly task?: string;
  readonly infos: readonly OptionInfo[];
  readonly ways: readonly Way[];
  /** The base, for a task that has no usual one. The page asks for it. */
  readonly neededBase?: OptionInfo;
  /** False for a task without a base model, such as a table: there is no transfer to measure. */
  readonly hasBase: boolean;
  /** Returns the value of what a user typed; undefined if it is not allowed. */
  readonly read: (name: string, typed: string) => OptionValue | undefined;
  /** True if an option has an effect together with the chosen ones, in one of the trainings. */
  readonly isUsable: (name: string, options: Readonly<Record<string, OptionValue>>) => boolean;
}

/** Returns the options of a project. The data decide the task of files. @throws DataError for data that cannot be used */
export async function taskOptions(store: Store, project: Project, lang: "en" | "zh"): Promise<TaskOptions> {
  const classified = sampleKindFacts(project.kind);
  const task = classified?.task ?? (await inspect(store, project)).task;
  // The page does not know the options of a task from outside of the product.
  const infos = isCustomTask(task) ? [] : await optionsOf(task as Task, lang);
  const left = new Set(project.files.length > 0 ? notOffered : [...notOffered, ...ofFiles]);
  const hasProbe = strategiesOf(infos).includes("probe");
  const base = infos.find(({ name }) => name === "base");
  const hasBase = base !== undefined;
  const neededBase = base?.otherwise === undefined ? base : undefined;
  const hasVerdict = hasBase && infos.some(({ name }) => name === "baselines");
  return {
    ...(classified && { task }),
    infos: infos.filter(({ name, kind }) => !left.has(name) && offered.includes(kind)),
    ...(neededBase && { neededBase }),
    ways: ways.filter((way) => (way === "quick" ? hasProbe : way === "thorough" || hasVerdict)),
    hasBase,
    read,
    isUsable: (name, options) => hasCompanion(name, { ...(options as TrainOptions), baselines: true }),
  };
}

const strategiesOf = (infos: readonly OptionInfo[]): readonly string[] => {
  const strategy = infos.find(({ name }) => name === "strategy");
  return strategy?.kind === "choice" ? strategy.choices : [];
};

/** Reads a value as the command line does. */
function read(name: string, typed: string): OptionValue | undefined {
  const { check } = optionTable[name as OptionName];
  const value = check.read ? check.read(typed) : typed;
  return check.holds(value) ? (value as OptionValue) : undefined;
}

/** Returns the options of a training: the chosen ones that have an effect, with its strategy. */
export function sentOptions(
  way: Way,
  { infos, task, neededBase }: Pick<TaskOptions, "infos" | "task" | "neededBase">,
  chosen: Readonly<Record<string, OptionValue>>,
): Readonly<Record<string, OptionValue>> {
  const options = Object.fromEntries(
    infos.flatMap(({ name, kind }) => {
      const value = chosen[name];
      if (value === undefined) return [];
      // The project keeps a time and a list of numbers as they were typed.
      const isTyped = typeof value === "string" && (kind === "seconds" || kind === "numbers");
      return [[name, isTyped ? (read(name, value) ?? value) : value]];
    }),
  );
  // The task is no field of the form: the page of files asks for it.
  const given = task ?? chosen.task;
  if (given !== undefined) options.task = given;
  const strategies = strategiesOf(infos);
  if (way === "quick") options.strategy = "probe";
  if (neededBase && chosen.base !== undefined) options.base = chosen.base;
  // The size of a decoder decides its strategy.
  if (way === "thorough" && !neededBase && strategies.includes("finetune")) options.strategy ??= "finetune";
  if (way === "verdict") options.baselines = true;
  const usable = Object.fromEntries(
    Object.entries(options).filter(([name]) => hasCompanion(name, options as TrainOptions)),
  );
  const { strategy } = usable as TrainOptions;
  return strategy === "probe" ? (optionsOfSolved("probe", usable as TrainOptions) as typeof usable) : usable;
}
