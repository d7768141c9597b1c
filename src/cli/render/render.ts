import { formatDuration } from "../../core/duration.js";
import type { DataEvent, EngraftEvent } from "../../core/events/events.js";
import { counted } from "../../core/messages/counted.js";
import type { Message } from "../../core/messages/message.js";
import { factsOf, type Head, isTaskWith, type Task, type TaskFacts } from "../../core/results/task.js";
import { wordDelimiter } from "../../data/transcripts/vocabulary.js";
import { detailsEn } from "../../report/words/en/details.js";
import { formatRate } from "./epoch-table.js";
import { labelled } from "./labelled.js";
import { seedLine } from "./seeds-lines.js";

export { labelled };

/** 1234567 -> "1,234,567": the same in every locale. */
export function formatCount(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 1536 -> "1.5 KB" */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let i = 0;
  let n = bytes;
  for (; n >= 1024 && i < units.length - 1; i++) n /= 1024;
  return `${i === 0 ? n : n.toFixed(1)} ${units[i]}`;
}

/** "47 MB", "1.1 GB" */
export const megabytes = (mb: number): string => (mb < 1000 ? `${mb} MB` : `${(mb / 1000).toFixed(1)} GB`);

/** At most three, and how many more: `a, b, c and 4 more`. */
export function few(items: readonly string[], most = 3): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(", ")} and ${more} more` : items.join(", ");
}

/** "tabular-regression: price from 8 numbers and 1 category" */
function taskWords({ task, targets = [], table }: DataEvent): string {
  const own = [
    ...(table?.pictures ?? []).map((name) => `${name} (picture)`),
    ...(table?.texts ?? []).map((name) => `${name} (text)`),
  ];
  const { numbers = [], categories = [] } = table ?? {};
  const [n, c] = [numbers.length, categories.length];
  const columns = [
    ...(n > 0 ? [`${counted(n, "column")} of numbers`] : []),
    ...(c > 0 ? [`${n > 0 ? c : counted(c, "column")} of categories`] : []),
  ].join(" and ");
  const from = table ? ` from ${[...own, ...(columns === "" ? [] : [columns])].join(", ")}` : "";
  return targets.length === 0 && !table ? `${task}` : `${task}: ${few(targets, 6)}${from}`;
}

/** Events by name. */
type Named<E extends EngraftEvent["event"]> = Extract<EngraftEvent, { readonly event: E }>;

/** "finetune (default)", "lora (requested)", "probe: 30 training samples are fewer than 40 …" */
function strategyWords({ strategy, reasons, reason_messages: messages }: Named<"trainable">): string {
  const [reason] = reasons;
  if (reason === undefined) return strategy;
  return isWord(messages) ? `${strategy} (${reason})` : `${strategy}: ${reason}`;
}

/** True for the reasons "default" and "requested", which are no sentences. */
export const isWord = (reasons: readonly Message[] | undefined): boolean =>
  ["strategy-default", "requested-strategy"].includes(reasons?.[0]?.code ?? "");

/** Reasons that decided between strategies: what short trainings showed, or why there were none. */
const deciding: ReadonlySet<string> = new Set([
  ...["short-trainings", "too-few-for-trials", "too-few-groups-for-trials", "trials-too-long"],
  "budget-below-one-epoch",
]);

/** Returns the reasons after the first one: all of them, or those that decided. */
function furtherReasons(event: Named<"trainable">, verbose: boolean): readonly string[] {
  const { reasons, reason_messages: messages } = event;
  return reasons.slice(1).filter((_, i) => verbose || deciding.has(messages?.[i + 1]?.code ?? ""));
}

/** Returns the time and memory of a forecast, and what is left out for time. The parts are for `--verbose`. */
function forecastLines({ words }: Named<"forecast">, verbose: boolean): string[] {
  const [whole, ...leftOut] = words.split("; ");
  return labelled("forecast", verbose ? whole! : whole!.split(": ")[0]!, ...leftOut);
}

const trainableLines = ({ parameters, total, groups }: Named<"trainable">, verbose: boolean): string[] =>
  labelled(
    "trainable",
    `${formatCount(parameters)} of ${formatCount(total)} parameters`,
    ...(verbose
      ? groups.map(
          (g) =>
            `${g.name}: ${formatCount(g.parameters)} parameters in ${g.values} tensors, learning rate ${formatRate(g.rate)}${g.from ? `, from epoch ${g.from + 1} on` : ""}`,
        )
      : []),
  );

/** Lines of the events that people read. `verbose` adds details. */
const lines: { readonly [E in EngraftEvent["event"]]?: (event: Named<E>, verbose: boolean) => string[] } = {
  device: (event) => labelled("device", event.words),
  data: dataLines,
  domain: (event) => {
    const { train, validation, test } = event.split;
    const samples =
      event.split_words === ""
        ? `${formatCount(test)} ${event.unit}s`
        : `${formatCount(train)} ${event.unit}s to train, ${formatCount(validation)} to choose, ${formatCount(test)} to test: ${event.split_words}`;
    return labelled(
      event.role,
      event.classes.length > 0
        ? `${countedClasses(event.classes)} (${few(event.classes, 6)})`
        : `no labels: ${event.root}`,
      samples,
      ...skippedLine(event),
    );
  },
  base: (event, verbose) =>
    labelled(
      "base",
      `${event.name}, ${event.format === undefined ? "" : `${event.format}, `}licence ${event.license}`,
      ...(verbose
        ? [`input ${event.input}`, `new head at ${event.cut}, ${formatCount(event.features)} features`]
        : []),
    ),
  lengths: (event) =>
    labelled(
      "lengths",
      `${event.cut === 0 ? "no text" : `${formatCount(event.cut)} of ${formatCount(event.texts)} texts`} ${event.cut === 0 || event.cut === 1 ? "was" : "were"} cut at ${event.limit} tokens, padding ${Math.round(100 * event.padding)} %: batches of ${event.batches.join(", ")} tokens`,
    ),
  trainable: (event, verbose) => [
    ...labelled("strategy", strategyWords(event), ...furtherReasons(event, verbose)),
    ...(event.total > 0 ? trainableLines(event, verbose) : []),
  ],
  init: (event) =>
    labelled(
      "taken over",
      `${event.from}: ${event.matched} weights as they are, ${event.adapted.length} in part or changed, ${event.skipped.length} left; ${formatCount(event.parameters)} numbers`,
      ...event.adapted.slice(0, 4).map(({ name, how }) => `${name}: ${how}`),
      ...event.skipped.slice(0, 4).map(({ name, why }) => `left ${name}: ${why}`),
      ...(event.head === undefined ? [] : [`head: ${event.head}`]),
    ),
  forecast: forecastLines,
  rate_finder: (event) =>
    labelled(
      "rate",
      `the finder suggests ${formatRate(event.suggested)} for ${event.stage} (${event.rates.length} steps from ${formatRate(event.rates[0] ?? 0)} to ${formatRate(event.rates.at(-1) ?? 0)}, ${formatDuration(event.seconds)})`,
    ),
  warning: (event) => labelled("warning", event.message),
  seed: seedLine,
};

/** Returns the lines of one event, for people; [] for events that only programs read. */
export function renderEvent<E extends EngraftEvent["event"]>(event: Named<E>, verbose = false): string[] {
  return lines[event.event as E]?.(event, verbose) ?? [];
}

/** Owners of the classes in the line that counts them, by the kind of predictions, else by the inputs. Default: none. */
const ownersOfClasses: Partial<Record<Head | TaskFacts["input"], string>> = {
  tags: " of entities",
  labels: ", several an item",
  text: " of texts",
};

const countedClasses = (classes: readonly string[]): string => counted(classes.length, "class", "classes");

/** "3 classes of texts (a, b, c)"; "27 characters (space, a, b …)" of speech */
function classesWords({ task, classes }: Named<"data">): string {
  const facts = task !== undefined && isTaskWith(task, {}) ? factsOf(task) : undefined;
  const owners = facts ? (ownersOfClasses[facts.head] ?? ownersOfClasses[facts.input] ?? "") : "";
  if (facts?.head !== "transcript") return `${countedClasses(classes)}${owners} (${few(classes, 6)})`;
  const characters = classes.map((token) => (token === wordDelimiter ? "space" : token));
  return `${counted(characters.length, "character")} (${few(characters, 6)})`;
}

function dataLines(event: Named<"data">): string[] {
  const { train, validation, test } = event.split;
  const { exact, near, across_parts } = event.duplicates;
  const classes =
    event.tasks?.map(
      ({ name, classes, labelled: n }) =>
        `task ${name}: ${countedClasses(classes)} (${few(classes, 6)}), ${formatCount(n)} ${factsOf(event.task as Task).sample}s labelled`,
    ) ?? (event.classes.length > 0 ? [classesWords(event)] : []);
  const plain = (event.classes.length > 0 && !event.targets) || event.task === "language-modelling";
  return labelled(
    "data",
    ...classes,
    ...(plain ? [] : [taskWords(event)]),
    `${formatCount(train)} train, ${formatCount(validation)} validation, ${formatCount(test)} test: ${event.split_words}`,
    ...(exact + near > 0
      ? [
          detailsEn.duplicateWords(
            formatCount(exact),
            formatCount(near),
            formatCount(across_parts),
            event.table !== undefined,
          ),
        ]
      : []),
    ...skippedLine(event),
  );
}

const skippedLine = ({ skipped }: Named<"data"> | Named<"domain">): string[] =>
  skipped.length > 0
    ? [`${skipped.length} skipped: ${few(skipped.map((s) => `${s.item} (${s.reason})`))}`]
    : [];
