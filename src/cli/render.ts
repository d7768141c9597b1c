import type {
  Baseline,
  ClassificationScores,
  DataEvent,
  EngraftEvent,
  EpochEvent,
  Interval,
  TasksResultEvent,
  TrainResultEvent,
} from "../core/events.js";
import { groupWords } from "../core/group-words.js";
import { epochsKept } from "./epochs-kept.js";
import { trustSummary } from "./render-trust.js";

/** "1 earlier run has", "3 earlier runs have" */
export const earlierRuns = (n: number): string => (n === 1 ? "1 earlier run has" : `${n} earlier runs have`);

/** 75 -> "1 min 15 s"; 0.4 -> "0.4 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

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

const fraction = (x: number): string => x.toFixed(3);
/** 0.0031, 3.1e-5 */
export const formatRate = (x: number): string =>
  x === 0 ? "0" : x >= 1e-3 ? x.toPrecision(2) : x.toExponential(1);
const rate = formatRate;
const between = ([low, high]: Interval): string => `95 % interval ${fraction(low)} to ${fraction(high)}`;

/** A name in a column of its own, then the text; more lines stand below it. */
export function labelled(label: string, ...lines: readonly string[]): string[] {
  const left = label.length < 11 ? label : `${label} `;
  return lines.map((line, i) => `${(i === 0 ? left : "").padEnd(11)}${line}`);
}

export const epochHeader = "  stage         epoch   train loss  valid. loss   valid. acc.     rate      time";
const headers = { r2: " valid. R²", f1: " valid. F1", perplexity: " perplexity" } as const;
/** The same for what is judged by another number. */
export const headerOf = ({ validation_metric: metric }: EpochEvent): string =>
  metric ? epochHeader.replace("valid. acc.", headers[metric.name]) : epochHeader;

export function epochRow(e: EpochEvent): string {
  const cells = [
    e.stage.padEnd(12),
    `${e.epoch}/${e.of}`.padStart(7),
    e.train_loss.toFixed(4).padStart(13),
    e.validation_loss.toFixed(4).padStart(13),
    (e.validation_metric?.name === "perplexity"
      ? e.validation_metric.value.toFixed(2)
      : fraction(e.validation_metric?.value ?? e.validation_accuracy)
    ).padStart(14),
    rate(e.rate).padStart(9),
    // A space before it, however long it is.
    ` ${formatSeconds(e.seconds)}`.padStart(10),
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

/** The lines of one event, for people; [] for events that only programs want. */
export function renderEvent(event: EngraftEvent): string[] {
  switch (event.event) {
    case "data": {
      const { train, validation, test } = event.split;
      const { exact, near, across_parts } = event.duplicates;
      return labelled(
        "data",
        ...(event.tasks
          ? event.tasks.map(
              ({ name, classes, labelled: n }) =>
                `task ${name}: ${classes.length} classes (${few(classes, 6)}), ${formatCount(n)} pictures labelled`,
            )
          : event.classes.length > 0
            ? [
                `${event.classes.length} classes${event.task === "text-classification" ? " of texts" : event.task === "token-classification" ? " of entities" : event.task === "multi-label-classification" ? ", several an item" : ""} (${few(event.classes, 6)})`,
              ]
            : []),
        ...((event.classes.length > 0 && !event.targets) || event.task === "language-modelling"
          ? []
          : [taskWords(event)]),
        `${formatCount(train)} train, ${formatCount(validation)} validation, ${formatCount(test)} test: ${event.split_words}`,
        ...(exact + near > 0
          ? [`${exact} exact and ${near} near duplicates, ${across_parts} across parts`]
          : []),
        ...(event.skipped.length > 0
          ? [`${event.skipped.length} skipped: ${few(event.skipped.map((s) => `${s.item} (${s.reason})`))}`]
          : []),
      );
    }
    case "domain": {
      const { train, validation, test } = event.split;
      return labelled(
        event.role,
        event.classes.length > 0
          ? `${event.classes.length} classes (${few(event.classes, 6)})`
          : `no labels: ${event.root}`,
        `${formatCount(train)} ${event.unit}s to train, ${formatCount(validation)} to choose, ${formatCount(test)} to test: ${event.split_words}`,
        ...(event.skipped.length > 0
          ? [`${event.skipped.length} skipped: ${few(event.skipped.map((s) => `${s.item} (${s.reason})`))}`]
          : []),
      );
    }
    case "base":
      return labelled(
        "base",
        `${event.name}, input ${event.input}, licence ${event.license}`,
        `new head at ${event.cut}, ${formatCount(event.features)} features`,
      );
    case "lengths":
      return labelled(
        "lengths",
        `${event.cut === 0 ? "no text" : `${formatCount(event.cut)} of ${formatCount(event.texts)} texts`} ${event.cut === 0 || event.cut === 1 ? "was" : "were"} cut at ${event.limit} tokens, padding ${Math.round(100 * event.padding)} %: batches of ${event.batches.join(", ")} tokens`,
      );
    case "trainable":
      return [
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
      ];
    case "init":
      return labelled(
        "taken over",
        `${event.from}: ${event.matched} weights as they are, ${event.adapted.length} in part or changed, ${event.skipped.length} left; ${formatCount(event.parameters)} numbers`,
        ...event.adapted.slice(0, 4).map(({ name, how }) => `${name}: ${how}`),
        ...event.skipped.slice(0, 4).map(({ name, why }) => `left ${name}: ${why}`),
        ...(event.head === undefined ? [] : [`head: ${event.head}`]),
      );
    case "forecast":
      return labelled("forecast", event.words);
    case "rate_finder":
      return labelled(
        "rate",
        `the finder suggests ${rate(event.suggested)} for ${event.stage} (${event.rates.length} steps from ${rate(event.rates[0] ?? 0)} to ${rate(event.rates.at(-1) ?? 0)}, ${formatSeconds(event.seconds)})`,
      );
    case "warning":
      return labelled("warning", event.message);
    case "seed":
      return labelled(
        `seed ${event.seed}`,
        `${event.f1 === undefined ? `accuracy ${fraction(event.accuracy ?? Number.NaN)}` : `F1 ${fraction(event.f1)}`}${event.scratch === undefined ? "" : `, from scratch ${fraction(event.scratch)}`} (${event.number} of ${event.of})`,
      );
    case "epoch":
      return [epochRow(event)];
    default:
      return [];
  }
}

/** Accuracy with interval, the most confused pairs, the worst examples. */
export function renderScores(scores: ClassificationScores, part = "test", what = "pictures"): string[] {
  const grouped = groupWords(scores, what);
  const lines = labelled(
    part,
    ...(scores.too_few
      ? [`too few: ${formatCount(scores.n)} ${what} say next to nothing, as the interval shows`]
      : []),
    `accuracy ${fraction(scores.accuracy)} on ${formatCount(scores.n)} ${what} (${scores.few_groups ? "no interval" : between(scores.accuracy_ci95)})`,
    ...(grouped === undefined ? [] : [grouped]),
    `macro F1 ${fraction(scores.macro_f1)}${scores.macro_f1_ci95 && !scores.few_groups ? ` (${between(scores.macro_f1_ci95)})` : ""}, loss ${scores.loss.toFixed(4)}, calibration error ${fraction(scores.ece)}`,
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
          .map((w) => `${w.item}: ${w.true}, answered ${w.predicted} (${w.score.toFixed(2)})`),
      ),
    );
  const { least_sure: leastSure = [] } = scores;
  if (leastSure.length > 0)
    lines.push(
      ...labelled("worst", "none: every answer is right"),
      ...labelled(
        "least sure",
        ...leastSure.slice(0, 5).map((w) => `${w.item}: ${w.true} (${w.score.toFixed(2)})`),
      ),
    );
  return lines;
}

/** One line a class. */
export function renderPerClass(scores: ClassificationScores): string[] {
  const width = Math.max(5, ...scores.per_class.map((c) => c.label.length));
  const ranked = scores.metrics?.per_class;
  const cell = (value: number | null | undefined): string =>
    (typeof value === "number" ? fraction(value) : "–").padStart(8);
  return [
    `  ${"class".padEnd(width)}      n  precision  recall     F1${ranked ? "   AUROC      AP" : ""}`,
    ...scores.per_class.map(
      (c, k) =>
        `  ${c.label.padEnd(width)}${String(c.n).padStart(7)}${fraction(c.precision).padStart(11)}${fraction(c.recall).padStart(8)}${fraction(c.f1).padStart(7)}${ranked ? cell(ranked[k]?.auroc) + cell(ranked[k]?.average_precision) : ""}`,
    ),
  ];
}

function averageLine({ average }: TrainResultEvent): string[] {
  if (!average) return [];
  const what = `${average.kind} of epochs ${average.epochs.join(", ")}: validation accuracy ${fraction(average.validation.accuracy)}`;
  return [`${what}, ${average.kept ? "kept" : "the best epoch is better and is kept"}`];
}

export function divergenceLine({ diverged }: Pick<TrainResultEvent, "diverged">): string[] {
  if (!diverged) return [];
  const { step, suggested } = diverged;
  const instead = suggested === undefined ? "use a smaller --lr" : `try --lr ${rate(suggested)}`;
  return [`diverged at step ${step} at a rate of ${rate(diverged.rate)}: ${instead}`];
}

function seedsLines({ runs, accuracy, scratch }: NonNullable<TrainResultEvent["by_seed"]>): string[] {
  const told = ({ mean, plus_minus }: typeof accuracy): string =>
    `${fraction(mean)}${plus_minus === null ? "" : ` ± ${fraction(plus_minus)}`}`;
  return labelled(
    "seeds",
    `${runs.length}, accuracy ${told(accuracy)}${scratch ? `, from scratch ${told(scratch)}` : ""} (95 % interval of the mean over seeds)`,
    runs
      .map(({ accuracy: one, scratch: s }) => `${fraction(one)}${s === undefined ? "" : ` (${fraction(s)})`}`)
      .join("  "),
  );
}

/** The end of a run on several tasks. */
export function renderTasksResult(result: TasksResultEvent): string[] {
  const { seconds, forecast } = result;
  const lines = labelled(
    "trained",
    ...(result.epochs > 0 ? [epochsKept(result, "validation, mean over the tasks")] : []),
    `${formatSeconds(seconds.total)} (features ${formatSeconds(seconds.features)}, training ${formatSeconds(seconds.training)}; forecast ${formatSeconds(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB`,
    ...divergenceLine(result),
  );
  for (const { name, test, baseline, verdict, output, weight } of result.tasks)
    lines.push(
      ...labelled(
        name,
        `accuracy ${fraction(test.accuracy)} on ${formatCount(test.n)} pictures (${between(test.accuracy_ci95)}), macro F1 ${fraction(test.macro_f1)}`,
        `output ${output}, weight of its loss ${weight.toPrecision(3)}${result.weighting === "uncertainty" ? " (learnt)" : ""}`,
        ...(baseline
          ? [
              `alone: accuracy ${fraction(baseline.test.accuracy)} (${between(baseline.test.accuracy_ci95)}), ${formatSeconds(baseline.seconds)}`,
            ]
          : []),
        ...(verdict ? [verdict.words] : []),
      ),
    );
  lines.push(
    ...labelled("mean", `accuracy ${fraction(result.mean_accuracy)} over ${result.tasks.length} tasks`),
  );
  if (result.test_looks > 0)
    lines.push(
      ...labelled(
        "note",
        `${earlierRuns(result.test_looks)} scored this very test part: choosing among them by it flatters`,
      ),
    );
  lines.push(...labelled("model", result.model), ...labelled("run", result.run));
  return lines;
}

/** Both runs from scratch: "1 × as long: …, validation accuracy 0.600, kept". */
function triedLines({ tried = [] }: Baseline): string[] {
  return tried.map(
    (one) =>
      `${one.times} × as long (${formatSeconds(one.seconds)}, ${one.steps} steps): rate ${rate(one.rate)} ${one.rate_from === "finder" ? "by the finder" : `as ${one.rate_from}`}, validation accuracy ${fraction(one.validation.accuracy)}${one.kept ? ", the better" : ""}`,
  );
}

/** The end of a training run. */
export function renderTrainResult(result: TrainResultEvent): string[] {
  const { seconds, forecast, baselines, verdict } = result;
  const lines = [
    ...labelled(
      "trained",
      ...(result.epochs > 0 ? [epochsKept(result, "validation")] : []),
      `${formatSeconds(seconds.total)} (features ${formatSeconds(seconds.features)}, training ${formatSeconds(seconds.training)}; forecast ${formatSeconds(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB (forecast ${Math.round(forecast.peak_rss_mb)} MB)`,
      ...averageLine(result),
      ...divergenceLine(result),
    ),
    ...renderScores(result.test, "test", result.task === "text-classification" ? "texts" : "pictures"),
    ...(result.tta
      ? labelled(
          "views",
          `accuracy ${fraction(result.tta.test.accuracy)} with ${result.tta.views} views of each picture (${between(result.tta.test.accuracy_ci95)})`,
        )
      : []),
    ...(result.elsewhere
      ? labelled(
          "elsewhere",
          `accuracy ${fraction(result.elsewhere.test.accuracy)} (${between(result.elsewhere.test.accuracy_ci95)}) on ${formatCount(result.elsewhere.test.n)} texts of ${result.elsewhere.data}`,
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
        `${teacher.name}${test ? `, accuracy ${fraction(test.accuracy)} (${between(test.accuracy_ci95)})` : ""}: ${words}`,
        answers,
        ...(seeds.length > 1
          ? seeds.map(
              (s) =>
                `seed ${s.seed}: accuracy ${fraction(s.accuracy)}${s.without_teacher === undefined ? "" : `, without the teacher ${fraction(s.without_teacher)}`}`,
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
        `accuracy ${fraction(baseline.test.accuracy)} (${between(baseline.test.accuracy_ci95)}), ${formatSeconds(baseline.seconds)}: ${baseline.recipe}`,
        ...triedLines(baseline),
      ),
    );
  }
  if (result.by_seed) lines.push(...seedsLines(result.by_seed));
  if (verdict) lines.push(...labelled("verdict", verdict.words));
  if (result.safe) lines.push(...labelled("safe", result.safe.words));
  if (result.test_looks > 0)
    lines.push(
      ...labelled(
        "note",
        `${earlierRuns(result.test_looks)} scored this very test part: choosing among them by it flatters`,
      ),
    );
  lines.push(...labelled("model", result.model), ...labelled("run", result.run));
  return lines;
}
