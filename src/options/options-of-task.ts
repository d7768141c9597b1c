import { EngraftError } from "../core/errors.js";
import { factsOf, type Task, tasks } from "../core/results/task.js";
import { type Capability, missingCapability } from "../methods/capabilities.js";
import type { OptionForm } from "./option-checks.js";
import { type OptionGroup, places } from "./option-places.js";
import type { Effect } from "./option-rows.js";
import { needsOf, type OptionName, optionTable } from "./option-table.js";
import { usualBases } from "./options.js";
import { companionOf, usableStrategies } from "./refuse-unusable.js";
import { capabilitiesOf } from "./task-capabilities.js";

/** An option of `train`, as a form shows it. */
export type OptionInfo = OptionForm & {
  /** Name in `RecipeOptions`. */
  readonly name: OptionName;
  /** Name for people. */
  readonly title: string;
  readonly group: OptionGroup;
  /** "basic": most users need it. */
  readonly level: "basic" | "more";
  /** What it changes: the result, only time and memory, or only the record and the report. */
  readonly effect: Effect;
  readonly help: string;
  /** The default in words. Missing for a flag that is off. */
  readonly otherwise?: string;
  /** The default, if it is a value that does not depend on data, base or strategy. */
  readonly value?: number | string | boolean;
  /** Option without which this one has no effect, in words. */
  readonly without?: string;
};

/** Options that a form does not ask for: the task is known, and a run writes its own reasons. */
const hidden: readonly OptionName[] = ["task", "reasons"];

/** Names for people that differ from those in `RecipeOptions`. */
const titles: Partial<Readonly<Record<OptionName, string>>> = {
  ...{ lr: "learning rate", std: "standard deviation", sam: "sharpness-aware minimisation" },
  ...{ tta: "test-time augmentation", lmOrder: "language model order", lmWeight: "language model weight" },
};

const titleOf = (name: OptionName): string =>
  titles[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/**
 * Returns the options of `train` that a task takes, with their limits, choices and defaults, to build a form of them.
 * @param lang language of the help and of the defaults in words. Default "en"
 * @throws OptionError for an unknown task or language
 * @example for (const { name, help } of await optionsOf(run.task)) console.log(name, help);
 */
export async function optionsOf(task: Task, lang: "en" | "zh" = "en"): Promise<OptionInfo[]> {
  if (!tasks.includes(task)) throw unknown("task", task, tasks);
  if (lang !== "en" && lang !== "zh") throw unknown("lang", lang, ["en", "zh"]);
  const has = new Set<Capability>([...capabilitiesOf(task), "steps"]);
  const { input, head } = factsOf(task);
  const base = Object.entries(usualBases).find(([name]) => name === input)?.[1];
  const zh = lang === "zh" ? await import("./option-words-zh.js") : undefined;
  const words = zh?.optionWordsZh;
  // A form names an option by its title.
  const plain = (text: string): string =>
    text.replace(lang === "zh" ? / ?--([a-z-]+) ?/g : /--([a-z-]+)/g, (_, flag: string) => {
      const name = flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) as OptionName;
      return `“${words?.[name].title ?? titleOf(name)}”`;
    });
  return (Object.keys(optionTable) as OptionName[]).flatMap((name) => {
    const form = usableForm(name, has);
    if (form === undefined) return [];
    const { check, effect } = optionTable[name];
    const shown = { title: titleOf(name), ...optionTable[name], ...words?.[name] };
    const { title, help, otherwise } =
      name !== "base"
        ? shown
        : // No decoder is bundled.
          { ...shown, otherwise: head === "sequence" ? undefined : (base ?? shown.otherwise) };
    const [group, level] = places[name];
    const value = defaultValue(check, optionTable[name].otherwise);
    const without = companionOf(name);
    return {
      ...form,
      ...{ name, title, group, level, effect, help: plain(help) },
      ...(otherwise !== undefined && { otherwise: plain(otherwise) }),
      ...(value !== undefined && { value }),
      ...(without !== undefined && { without: plain(zh?.needsZh[without] ?? without) }),
    };
  });
}

function unknown(what: string, given: unknown, known: readonly string[]): EngraftError {
  return new EngraftError("OptionError", `${what} is ${JSON.stringify(given) ?? String(given)}`, {
    help: `use one of ${known.join(", ")}`,
  });
}

/** Returns the form of an option with the choices that a task can use; undefined if it can use none. */
function usableForm(name: OptionName, has: ReadonlySet<Capability>): OptionForm | undefined {
  const { word, ...alone } = optionTable[name].check.form;
  const takes = (value: unknown): boolean => missingCapability(needsOf(name, value), has) === undefined;
  if (hidden.includes(name) || (name === "baselines" && !has.has("scratch"))) return undefined;
  const form = word !== undefined && takes(word) ? { ...alone, word } : alone;
  if (form.kind !== "choice") return takes(undefined) ? form : undefined;
  const usable: readonly string[] = name === "strategy" ? usableStrategies(has) : form.choices;
  const choices = usable.filter(takes);
  const joined = form.joined?.filter((one) => choices.includes(one)) ?? [];
  if (choices.length === 0) return undefined;
  return { ...form, choices, ...(form.joined && { joined }) };
}

/** Returns the value of a default in words; undefined if the words are no value. */
function defaultValue(
  { form, read, holds }: (typeof optionTable)[OptionName]["check"],
  otherwise: string | undefined,
): OptionInfo["value"] {
  if (form.kind === "flag" && form.word === undefined) return otherwise === "true";
  if (otherwise === undefined || form.kind === "string") return undefined;
  const value = read ? read(otherwise) : otherwise;
  return holds(value) ? (value as number | string) : undefined;
}
