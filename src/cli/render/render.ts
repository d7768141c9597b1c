import { formatDuration } from "../../core/duration.js";
import type {
  ClassificationScores,
  DataEvent,
  EngraftEvent,
  EpochEvent,
  TasksResultEvent,
  TrainResultEvent,
  Verdict,
} from "../../core/events/events.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import type { ViewScores } from "../../core/results/common-result.js";
import type { ListedAnswer } from "../../core/results/counts.js";
import { groupWords } from "../../core/results/group-words.js";
import type { MetricName } from "../../core/results/metric.js";
import { factsOf, isTaskWith } from "../../core/results/task.js";
import { epochsKept } from "./epochs-kept.js";
import { labelled } from "./labelled.js";
import { confidence, percent } from "./percent.js";
import { trustSummary } from "./render-trust.js";
import { scratchLines } from "./scratch-lines.js";
import { seedLine, seedsLines } from "./seeds-lines.js";

export { labelled };

/** "1 earlier run has", "3 earlier runs have" */
const earlierRuns = (n: number): string => (n === 1 ? "1 earlier run has" : `${n} earlier runs have`);

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

/** 0.0031, 3.1e-5 */
export const formatRate = (x: number): string =>
  x === 0 ? "0" : x >= 1e-3 ? x.toPrecision(2) : x.toExponential(1);
const rate = formatRate;

const epochHeader = "  stage            epoch   train loss  valid. loss   valid. acc.     rate      time";
const headers = {
  accuracy: "valid. acc.",
  r2: "  valid. R²",
  f1: "  valid. F1",
  perplexity: " perplexity",
} as const satisfies Record<MetricName, string>;
/** The same for an epoch's own metric. */
export const headerOf = ({ validation: { metric } }: EpochEvent): string =>
  epochHeader.replace(headers.accuracy, headers[metric.name]);

function epochRow(e: EpochEvent): string {
  const cells = [
    e.stage.padEnd(15),
    `${e.epoch}/${e.of}`.padStart(7),
    e.train_loss.toFixed(4).padStart(13),
    e.validation_loss.toFixed(4).padStart(13),
    e.validation.metric.value.toFixed(e.validation.metric.name === "perplexity" ? 2 : 3).padStart(14),
    rate(e.rate).padStart(9),
    // A space before it, however long it is.
    ` ${formatDuration(e.seconds)}`.padStart(10),
  ];
  return `  ${cells.join("")}${e.best ? "  * best so far" : ""}${termsOf(e)}`;
}

/** What was minimised beside the cross-entropy: `  + starting point 0.012, head 0.001`. */
function termsOf({ terms = {} }: EpochEvent): string {
  const others = Object.entries(terms).filter(([name]) => name !== "classification");
  if (others.length === 0) return "";
  return `  + ${others.map(([name, value]) => `${name} ${value.toFixed(4)}`).join(", ")}`;
}

/** At most three, and how many more: `a, b, c and 4 more`. */
function few(items: readonly string[], most = 3): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(", ")} and ${more} more` : items.join(", ");
}

/** "tabular-regression: price from 8 numbers and 1 category" */
function taskWords({ task, targets = [], table }: DataEvent): string {
  const from = table
    ? ` from ${table.numbers.length} columns of numbers and ${table.categories.length} of categories`
    : "";
  return `${task}: ${few(targets, 6)}${from}`;
}

/** Events by name. */
type Named<E extends EngraftEvent["event"]> = Extract<EngraftEvent, { readonly event: E }>;

/** The lines of each event that people read; the others are for programs. */
const lines: { readonly [E in EngraftEvent["event"]]?: (event: Named<E>) => string[] } = {
  data: dataLines,
  domain: (event) => {
    const { train, validation, test } = event.split;
    return labelled(
      event.role,
      event.classes.length > 0
        ? `${event.classes.length} classes (${few(event.classes, 6)})`
        : `no labels: ${event.root}`,
      `${formatCount(train)} ${event.unit}s to train, ${formatCount(validation)} to choose, ${formatCount(test)} to test: ${event.split_words}`,
      ...skippedLine(event),
    );
  },
  base: (event) =>
    labelled(
      "base",
      `${event.name}, input ${event.input}, licence ${event.license}`,
      `new head at ${event.cut}, ${formatCount(event.features)} features`,
    ),
  lengths: (event) =>
    labelled(
      "lengths",
      `${event.cut === 0 ? "no text" : `${formatCount(event.cut)} of ${formatCount(event.texts)} texts`} ${event.cut === 0 || event.cut === 1 ? "was" : "were"} cut at ${event.limit} tokens, padding ${Math.round(100 * event.padding)} %: batches of ${event.batches.join(", ")} tokens`,
    ),
  trainable: (event) => [
    ...labelled(
      "strategy",
      `${event.strategy}${event.reasons.length > 0 ? `: ${event.reasons[0]}` : ""}`,
      ...event.reasons.slice(1),
    ),
    ...labelled(
      "trains",
      `${formatCount(event.parameters)} of ${formatCount(event.total)} parameters`,
      ...event.groups.map(
        (g) => `${g.name}: ${formatCount(g.parameters)} in ${g.values} values, rate ${rate(g.rate)}`,
      ),
    ),
  ],
  init: (event) =>
    labelled(
      "taken over",
      `${event.from}: ${event.matched} weights as they are, ${event.adapted.length} in part or changed, ${event.skipped.length} left; ${formatCount(event.parameters)} numbers`,
      ...event.adapted.slice(0, 4).map(({ name, how }) => `${name}: ${how}`),
      ...event.skipped.slice(0, 4).map(({ name, why }) => `left ${name}: ${why}`),
      ...(event.head === undefined ? [] : [`head: ${event.head}`]),
    ),
  forecast: (event) => labelled("forecast", event.words),
  rate_finder: (event) =>
    labelled(
      "rate",
      `the finder suggests ${rate(event.suggested)} for ${event.stage} (${event.rates.length} steps from ${rate(event.rates[0] ?? 0)} to ${rate(event.rates.at(-1) ?? 0)}, ${formatDuration(event.seconds)})`,
    ),
  warning: (event) => labelled("warning", event.message),
  seed: seedLine,
  epoch: (event) => [epochRow(event)],
};

/** Returns the lines of one event, for people; [] for events that only programs read. */
export function renderEvent<E extends EngraftEvent["event"]>(event: Named<E>): string[] {
  return lines[event.event as E]?.(event) ?? [];
}

/** What has the classes of a task, in the line that counts them. */
function ofWhat(task = ""): string {
  if (isTaskWith(task, { head: "tags" })) return " of entities";
  if (isTaskWith(task, { head: "labels" })) return ", several an item";
  return isTaskWith(task, { input: "text" }) ? " of texts" : "";
}

function dataLines(event: Named<"data">): string[] {
  const { train, validation, test } = event.split;
  const { exact, near, across_parts } = event.duplicates;
  const classes =
    event.tasks?.map(
      ({ name, classes, labelled: n }) =>
        `task ${name}: ${classes.length} classes (${few(classes, 6)}), ${formatCount(n)} pictures labelled`,
    ) ??
    (event.classes.length > 0
      ? [`${event.classes.length} classes${ofWhat(event.task)} (${few(event.classes, 6)})`]
      : []);
  const plain = (event.classes.length > 0 && !event.targets) || event.task === "language-modelling";
  return labelled(
    "data",
    ...classes,
    ...(plain ? [] : [taskWords(event)]),
    `${formatCount(train)} train, ${formatCount(validation)} validation, ${formatCount(test)} test: ${event.split_words}`,
    ...(exact + near > 0 ? [`${exact} exact and ${near} near duplicates, ${across_parts} across parts`] : []),
    ...skippedLine(event),
  );
}

const skippedLine = ({ skipped }: Named<"data"> | Named<"domain">): string[] =>
  skipped.length > 0
    ? [`${skipped.length} skipped: ${few(skipped.map((s) => `${s.item} (${s.reason})`))}`]
    : [];

/** Accuracy with interval, the most confused pairs, the worst examples. */
export function renderScores(scores: ClassificationScores, part = "test", what = "pictures"): string[] {
  const grouped = groupWords(scores, what);
  const lines = labelled(
    part,
    ...(scores.too_few
      ? [`too few: ${formatCount(scores.n)} ${what} say next to nothing, as the interval shows`]
      : []),
    `accuracy ${percent(scores.accuracy)} on ${formatCount(scores.n)} ${what} (${scores.few_groups ? "no interval" : confidence(scores.accuracy_ci95)})`,
    ...(grouped === undefined ? [] : [grouped]),
    `macro F1 ${percent(scores.macro_f1)}${scores.macro_f1_ci95 && !scores.few_groups ? ` (${confidence(scores.macro_f1_ci95)})` : ""}, loss ${scores.loss.toFixed(4)}, calibration error ${percent(scores.ece)}`,
  );
  if (scores.most_confused.length > 0)
    lines.push(
      ...labelled(
        "confused",
        ...scores.most_confused
          .slice(0, 5)
          .map((pair) => `${pair.true} taken for ${pair.predicted}: ${pair.count}`),
      ),
    );
  if (scores.worst.length > 0)
    lines.push(
      ...labelled(
        "worst",
        ...scores.worst
          .slice(0, 5)
          .map((w) => `${w.item}: ${w.true}, answered ${w.predicted} (${sureness(w)})`),
      ),
    );
  const { least_sure: leastSure = [] } = scores;
  if (leastSure.length > 0)
    lines.push(
      ...labelled("worst", "none: every answer is right"),
      ...labelled("least sure", ...leastSure.slice(0, 5).map((w) => `${w.item}: ${w.true} (${sureness(w)})`)),
    );
  return lines;
}

/** In columns whose head says no unit. */
const inTable = (x: number): string => x.toFixed(3);
/** The probability that is nearer to how often such answers are right. */
const sureness = ({ score, calibrated }: ListedAnswer): string =>
  calibrated === undefined ? score.toFixed(2) : `${calibrated.toFixed(2)} calibrated`;

/** One line a class. */
export function renderPerClass(scores: ClassificationScores): string[] {
  const width = Math.max(5, ...scores.per_class.map((c) => c.label.length));
  const ranked = scores.metrics?.per_class;
  const cell = (value: number | null | undefined): string =>
    (typeof value === "number" ? inTable(value) : "–").padStart(8);
  return [
    `  ${"class".padEnd(width)}      n  precision  recall     F1${ranked ? "   AUROC      AP" : ""}`,
    ...scores.per_class.map(
      (c, k) =>
        `  ${c.label.padEnd(width)}${String(c.n).padStart(7)}${inTable(c.precision).padStart(11)}${inTable(c.recall).padStart(8)}${inTable(c.f1).padStart(7)}${ranked ? cell(ranked[k]?.auroc) + cell(ranked[k]?.average_precision) : ""}`,
    ),
  ];
}

function averageLine({ average }: TrainResultEvent): string[] {
  if (!average) return [];
  const what = `${average.kind} of epochs ${average.epochs.join(", ")}: validation accuracy ${percent(average.validation.accuracy)}`;
  return [`${what}, ${average.kept ? "kept" : "the best epoch is better and is kept"}`];
}

export function divergenceLine({ diverged }: Pick<TrainResultEvent, "diverged">): string[] {
  if (!diverged) return [];
  const { step, suggested } = diverged;
  const instead = suggested === undefined ? "use a smaller --lr" : `try --lr ${rate(suggested)}`;
  return [`diverged at step ${step} at a rate of ${rate(diverged.rate)}: ${instead}`];
}

/** The end of a run on several tasks. */
export function renderTasksResult(result: TasksResultEvent): string[] {
  const { seconds, forecast } = result;
  const lines = labelled(
    "trained",
    ...(result.epochs > 0 ? [epochsKept(result, "validation, mean over the tasks")] : []),
    `${formatDuration(seconds.total)} (features ${formatDuration(seconds.features)}, training ${formatDuration(seconds.training)}; forecast ${formatDuration(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB`,
    ...divergenceLine(result),
  );
  for (const { name, test, baseline, baselines, verdict, output, weight } of result.tasks)
    lines.push(
      ...labelled(
        name,
        `accuracy ${percent(test.accuracy)} on ${formatCount(test.n)} pictures (${confidence(test.accuracy_ci95)}), macro F1 ${percent(test.macro_f1)}`,
        `output ${output}, weight of its loss ${weight.toPrecision(3)}${result.weighting === "uncertainty" ? " (learnt)" : ""}`,
        ...(baseline
          ? [
              `alone: accuracy ${percent(baseline.test.accuracy)} (${confidence(baseline.test.accuracy_ci95)}), ${formatDuration(baseline.seconds)}`,
            ]
          : []),
        ...(baselines
          ? [
              `most frequent class: accuracy ${percent(baselines.majority.test.accuracy)}${baselines.probe ? `; linear probe: accuracy ${percent(baselines.probe.test.accuracy)}` : ""}`,
            ]
          : []),
        ...(verdict ? [verdict.words] : []),
      ),
    );
  lines.push(
    ...labelled("mean", `accuracy ${percent(result.mean_accuracy)} over ${result.tasks.length} tasks`),
  );
  return [...lines, ...lastLines(result)];
}

/** The test score with several views of each picture. @param words of the scores */
export function viewsLine<Scores>(
  tta: ViewScores<Scores> | undefined,
  words: (test: Scores) => string,
): string[] {
  return tta ? labelled("views", `${words(tta.test)} with ${tta.views} views of each picture`) : [];
}

/** The end of a training run. */
export function renderTrainResult(result: TrainResultEvent): string[] {
  const { seconds, forecast, baselines } = result;
  const lines = [
    ...labelled(
      "trained",
      ...(result.epochs > 0 ? [epochsKept(result, "validation")] : []),
      `${formatDuration(seconds.total)} (features ${formatDuration(seconds.features)}, training ${formatDuration(seconds.training)}; forecast ${formatDuration(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB (forecast ${Math.round(forecast.peak_rss_mb)} MB)`,
      ...averageLine(result),
      ...divergenceLine(result),
    ),
    ...renderScores(result.test, "test", `${factsOf(result.task).sample}s`),
    ...viewsLine(
      result.tta,
      ({ accuracy, accuracy_ci95 }) => `accuracy ${percent(accuracy)} (${confidence(accuracy_ci95)})`,
    ),
    ...(result.elsewhere
      ? labelled(
          "elsewhere",
          `accuracy ${percent(result.elsewhere.test.accuracy)} (${confidence(result.elsewhere.test.accuracy_ci95)}) on ${formatCount(result.elsewhere.test.n)} texts of ${result.elsewhere.data}`,
          result.elsewhere.drop.words,
        )
      : []),
    ...(result.trust ? labelled("trust", ...trustSummary(result.trust)) : []),
  ];
  const { distillation } = result;
  if (distillation) {
    const { teacher, words, answers, test, seeds } = distillation;
    lines.push(
      ...labelled(
        "teacher",
        `${teacher.name}${test ? `, accuracy ${percent(test.accuracy)} (${confidence(test.accuracy_ci95)})` : ""}: ${words}`,
        answers,
        ...(seeds.length > 1
          ? seeds.map(
              (s) =>
                `seed ${s.seed}: accuracy ${percent(s.accuracy)}${s.without_teacher === undefined ? "" : `, without the teacher ${percent(s.without_teacher)}`}`,
            )
          : []),
      ),
    );
  }
  for (const [name, baseline] of Object.entries(baselines ?? {})) {
    if (!baseline) continue;
    lines.push(
      ...labelled(
        ({ without_teacher: "without", tf_idf: "words" } as Record<string, string>)[name] ?? name,
        `accuracy ${percent(baseline.test.accuracy)}${constantBaselines.has(name) || baseline.test.few_groups ? "" : ` (${confidence(baseline.test.accuracy_ci95)})`}, ${formatDuration(baseline.seconds)}: ${baseline.recipe}`,
        ...scratchLines(baseline),
      ),
    );
  }
  lines.push(...seedsLines(result.by_seed));
  return [...lines, ...lastLines(result)];
}

/** The last lines of a result: verdict, choice of `--safe`, earlier runs that scored the same test set, model folder, run folder. */
export function lastLines(result: {
  readonly test_looks: number;
  readonly model: string;
  readonly run: string;
  readonly verdict?: Verdict;
  readonly safe?: SafeChoice;
}): string[] {
  const { test_looks: looks, model, run, verdict, safe } = result;
  const note = `${earlierRuns(looks)} scored this very test part: choosing among them by it flatters`;
  return [
    ...(verdict ? labelled("verdict", verdict.words) : []),
    ...(safe ? labelled("safe", safe.words) : []),
    ...(looks > 0 ? labelled("note", note) : []),
    ...labelled("model", model),
    ...labelled("run", run),
  ];
}
