import { formatDuration } from "../../core/duration.js";
import type {
  AnyResultEvent,
  ClassificationScores,
  Interval,
  TrainResultEvent,
} from "../../core/events/events.js";
import type { SafeChoice, Verdict } from "../../core/events/run-outcome.js";
import { inEnglish, type StrategyFacts } from "../../core/messages/message.js";
import { namedScoreText } from "../../core/messages/metric-en.js";
import { type BaselineOf, endOf } from "../../core/results/baseline.js";
import { baselineNames, constantBaselines } from "../../core/results/baseline-names.js";
import type { ViewScores } from "../../core/results/common-result.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import { groupWords } from "../../core/results/group-words.js";
import type { ResultOf, ResultWithHead } from "../../core/results/result-of.js";
import { factsOf, type Head, type TaskFacts } from "../../core/results/task.js";
import type { Figure } from "../../report/sheet/sheet.js";
import { type AnySheet, hasSheet, type SheetTask, sheetOf } from "../../tasks/sheets.js";
import { formatRate } from "./epoch-table.js";
import { epochsLine } from "./epochs-line.js";
import { labelled } from "./labelled.js";
import { percent, percentRange } from "./percent.js";
import { formatCount, renderPerClass, renderScores } from "./render.js";
import {
  detailLines,
  furtherScores,
  type MainScore,
  screenScore,
  screenText,
  weakestLines,
} from "./render-sheet.js";
import { trustSummary } from "./render-trust.js";
import { scratchLines } from "./scratch-lines.js";
import { seedsLines } from "./seeds-lines.js";

/** Baseline in the list at the end of a run. */
interface BaselineRow extends Pick<BaselineOf<unknown>, "seconds" | "recipe" | "training" | "tried"> {
  readonly key: string;
  readonly score: MainScore;
}

/** Parts of the result of one head. */
interface ResultParts {
  /** Name of the main metric. */
  readonly metric: string;
  readonly score: MainScore;
  readonly baselines: readonly BaselineRow[];
  /** The score with several views of each picture. */
  readonly views?: { readonly views: number; readonly score: MainScore };
  /** The most useful lines about mistakes: what is weakest, and which sample to check. */
  readonly mistakes: readonly string[];
  /** Further scores, for `--verbose`. */
  readonly details: () => string[];
}

/** Returns the main score of the model, with one view and with several, and of each baseline. */
function scoresOf<Scores>(
  {
    test,
    tta,
    baselines = {},
  }: {
    test: Scores;
    tta?: ViewScores<Scores>;
    baselines?: Readonly<Record<string, BaselineOf<Scores> | undefined>>;
  },
  scoreOf: (test: Scores) => MainScore,
): Pick<ResultParts, "score" | "baselines" | "views"> {
  const rows = Object.entries(baselines).flatMap(([key, baseline]) =>
    baseline ? [{ ...baseline, key, score: scoreOf(baseline.test) }] : [],
  );
  return {
    score: scoreOf(test),
    baselines: rows,
    ...(tta && { views: { views: tta.views, score: scoreOf(tta.test) } }),
  };
}

const ofShare = (value: number, interval: Interval | null): MainScore => ({
  value: percent(value),
  ...(interval && { interval: percentRange(interval) }),
});

type ClassesResult = ResultWithHead<"classes">;

/** Returns lines on the class with the lowest recall, and on the wrong prediction with the highest confidence. */
function classMistakes({ test }: ClassesResult): string[] {
  const seen = test.per_class.filter(({ n }) => n > 0);
  const weakest = seen.length > 0 ? seen.reduce((a, b) => (b.recall < a.recall ? b : a)) : undefined;
  const [taken] = test.most_confused.filter((pair) => pair.true === weakest?.label);
  const [worst] = test.worst;
  return [
    ...(weakest && weakest.recall < 1
      ? labelled(
          "weakest",
          `${weakest.label}: ${percent(weakest.recall)} recognised${taken ? `, most often taken for ${taken.predicted}` : ""}`,
        )
      : []),
    ...(worst
      ? labelled("check", `${worst.item} is labelled ${worst.true}; the model predicts ${worst.predicted}`)
      : []),
  ];
}

function classDetails(result: ClassesResult, samples: string): string[] {
  return [
    ...renderScores(result.test, "test", samples),
    ...renderPerClass(result.test),
    ...(result.trust ? labelled("trust", ...trustSummary(result.trust)) : []),
  ];
}

/** Kinds of heads whose results are not declared in a sheet. */
type OwnHead = Extract<Head, "classes">;

/** Parts of the result by head. A head without an entry does not compile. */
const parts: { readonly [H in OwnHead]: (result: ResultWithHead<H>, samples: string) => ResultParts } = {
  classes: (result, samples) => ({
    metric: "accuracy",
    ...scoresOf<ClassificationScores>(result, ({ accuracy, accuracy_ci95, few_groups }) =>
      ofShare(accuracy, few_groups ? null : accuracy_ci95),
    ),
    mistakes: classMistakes(result),
    details: () => classDetails(result, samples),
  }),
};
const ownParts = <H extends OwnHead>(head: H, result: ResultWithHead<H>, samples: string): ResultParts =>
  parts[head](result, samples);

/** Returns the parts of a result that a sheet declares. */
function sheetParts(sheet: AnySheet, result: ResultOf<SheetTask>): ResultParts {
  const figureOf = (test: GroupFacts): Figure => sheet.figures(test, result)[0];
  return {
    metric: screenText(figureOf(result.test).name),
    ...scoresOf<GroupFacts>(result, (test) => screenScore(figureOf(test))),
    mistakes: [...furtherScores(sheet, result.test, result), ...weakestLines(sheet, result.test, result)],
    details: () => detailLines(sheet, result.test, result),
  };
}
async function partsOf(result: AnyResultEvent, samples: string): Promise<ResultParts> {
  if (hasSheet(result)) return sheetParts(await sheetOf(result.task), result);
  return ownParts(factsOf(result.task).head, result, samples);
}

/** Returns the last lines of `engraft train`: the score with its interval, its meaning, and the next command. */
export async function renderAnyResult(result: AnyResultEvent, verbose = false): Promise<string[]> {
  const { input } = factsOf(result.task);
  const samples = samplesOf(result);
  const { metric, score, baselines, views, mistakes, details } = await partsOf(result, samples);
  return [
    ...trainedLines(result, verbose),
    "",
    ...labelled(metric, scoreLine(score, countOf(result.test), samples)),
    ...groupLines(result.test, samples),
    "",
    ...baselineLines(baselines, verbose),
    ...("by_seed" in result ? seedsLines(result.by_seed) : []),
    ...(views
      ? labelled("views", `${metric} ${views.score.value} with ${views.views} views of each picture`)
      : []),
    ...otherScores(result),
    ...mistakes,
    ...(verbose ? details() : []),
    ...lastLines(result, input),
  ];
}

/** "pictures", "texts" */
const samplesOf = (result: AnyResultEvent): string =>
  "unit" in result ? result.unit : `${factsOf(result.task).sample}s`;

/** "68.3 %  (95 % confidence interval 62.9 to 73.3 %, 300 test pictures)" */
export const scoreLine = ({ value, interval }: MainScore, n: number, samples: string): string =>
  `${value}  (${interval === undefined ? "no interval" : `95 % confidence interval ${interval}`}, ${formatCount(n)} test ${samples})`;

/** Returns the lines of an evaluation: the score with its interval as at the end of a training, and everything else. */
export function evaluationLines(sheet: AnySheet, about: { readonly test: GroupFacts }): string[] {
  const { test } = about;
  const [score] = sheet.figures(test, about);
  const { n } = sheet.scores(test, about);
  const samples = `${sheet.sample(about)}s`;
  const grouped = groupWords({ ...test, n }, samples);
  return [
    ...labelled(screenText(score.name), scoreLine(screenScore(score), n, samples)),
    ...(grouped === undefined ? [] : labelled("", grouped)),
    ...furtherScores(sheet, test, about),
    ...detailLines(sheet, test, about),
  ];
}

/** Sentences of an entity test, samples of any other. */
const countOf = (test: AnyResultEvent["test"]): number => ("sentences" in test ? test.sentences : test.n);

function groupLines(test: AnyResultEvent["test"], samples: string): string[] {
  const grouped = groupWords({ ...test, n: countOf(test) }, samples);
  return [
    ...("too_few" in test && test.too_few
      ? labelled("", `${formatCount(test.n)} ${samples} are too few to judge a model, as the interval shows`)
      : []),
    ...(grouped === undefined ? [] : labelled("", grouped)),
  ];
}

function trainedLines(result: AnyResultEvent, verbose: boolean): string[] {
  const { seconds, forecast } = result;
  const time = formatDuration(seconds.total);
  return labelled(
    "trained",
    ...(result.epochs > 0
      ? [epochsLine(result, factsOf(result.task).metric === "f1" ? "validation F1" : "validation")]
      : []),
    verbose
      ? `${time} (features ${formatDuration(seconds.features)}, training ${formatDuration(seconds.training)}; forecast ${formatDuration(forecast.seconds)}), peak memory ${Math.round(result.peak_rss_mb)} MB (forecast ${Math.round(forecast.peak_rss_mb)} MB)`
      : `${time} in total`,
    ...averageLine(result),
    ...divergenceLine(result),
  );
}

function averageLine(result: Pick<AnyResultEvent, "average">): string[] {
  if (!result.average) return [];
  const { kind, epochs, validation, kept } = result.average;
  const what = `${kind} of epochs ${epochs.join(", ")}: validation ${namedScoreText(validation)}`;
  return [`${what}, ${kept ? "kept" : "the best epoch is better and is kept"}`];
}

export function divergenceLine({ diverged }: Pick<TrainResultEvent, "diverged">): string[] {
  if (!diverged) return [];
  const { step, suggested } = diverged;
  const instead = suggested === undefined ? "use a smaller --lr" : `try --lr ${formatRate(suggested)}`;
  return [`diverged at step ${step} at a rate of ${formatRate(diverged.rate)}: ${instead}`];
}

/** How a training from scratch ended, in a few words: the line fits into 80 columns. */
const scratchEnds: Readonly<Record<ReturnType<typeof endOf>, (steps: string) => string>> = {
  "stopped improving": (steps) => `${steps} steps, stopped improving`,
  budget: (steps) => `${steps} steps, still improving`,
  diverged: (steps) => `diverged after ${steps} steps`,
  "not learnt": (steps) => `has not learnt in ${steps} steps`,
};

/** Returns the name of a baseline in the list of a result. */
function baselineName(key: string): string {
  if (key === "scratch") return "the same network from scratch";
  if (key === "without_teacher") return "the same student without the teacher";
  const names: Readonly<Record<string, string>> = baselineNames;
  return (names[key] ?? key).replace(/^the /, "");
}

/** Returns a line for each baseline; with `verbose` also its interval, recipe and time. */
function baselineLines(baselines: readonly BaselineRow[], verbose: boolean): string[] {
  const width = Math.max(...baselines.map(({ key }) => baselineName(key).length), 0);
  return labelled(
    "baselines",
    ...baselines.flatMap(({ key, score, seconds, recipe, training, tried }) => {
      const ended = training ? `  ${scratchEnds[endOf(training)](formatCount(training.steps))}` : "";
      const line = `${baselineName(key).padEnd(width)}  ${score.value.padStart(6)}`;
      if (!verbose) return [`${line}${ended}`];
      const interval =
        constantBaselines.has(key) || score.interval === undefined
          ? ""
          : ` (95 % confidence interval ${score.interval})`;
      const more = scratchLines({ ...(training && { training }), ...(tried && { tried }) });
      return [
        `${line}${interval}, ${formatDuration(seconds)}`,
        ...[recipe, ...more].map((text) => `  ${text}`),
      ];
    }),
  );
}

/** Returns lines on further scores: another dataset, the teacher. */
function otherScores(result: AnyResultEvent): string[] {
  const lines: string[] = [];
  if ("elsewhere" in result && result.elsewhere) {
    const { test, data, drop } = result.elsewhere;
    const score = ofShare(test.accuracy, test.accuracy_ci95);
    lines.push(
      ...labelled(
        "elsewhere",
        `accuracy ${scoreLine(score, test.n, samplesOf(result))} of ${data}`,
        drop.words,
      ),
    );
  }
  if ("distillation" in result && result.distillation) {
    const { teacher, words, answers, test, seeds } = result.distillation;
    const score = test
      ? `, accuracy ${percent(test.accuracy)} (95 % confidence interval ${percentRange(test.accuracy_ci95)})`
      : "";
    const bySeed = seeds.map(
      (s) =>
        `seed ${s.seed}: accuracy ${percent(s.accuracy)}${s.without_teacher === undefined ? "" : `, without the teacher ${percent(s.without_teacher)}`}`,
    );
    lines.push(
      ...labelled(
        "teacher",
        `${teacher.name}${score}: ${words}`,
        answers,
        ...(seeds.length > 1 ? bySeed : []),
      ),
    );
  }
  return lines;
}

/** Example input of `engraft predict` for each kind of input. */
const exampleInputs: Readonly<Record<TaskFacts["input"], string>> = {
  image: "PICTURE",
  text: '"a text"',
  audio: "SOUND",
  table: "TABLE.csv",
  either: "FILE",
};

/** Returns which of its models the run kept by validation, and why. */
const keptWords = (strategy: StrategyFacts | undefined): readonly string[] =>
  (strategy?.reason_messages ?? []).flatMap((one) =>
    one.code === "kept-by-validation" ? [inEnglish([one])] : [],
  );

/** Returns the last lines of a result: verdict, choice among its models, earlier runs with the same test split, files, next commands. */
export function lastLines(
  result: {
    readonly test_looks: number;
    readonly model: string;
    readonly run: string;
    readonly verdict?: Verdict;
    readonly safe?: SafeChoice;
    readonly strategy?: StrategyFacts;
  },
  input: TaskFacts["input"] = "either",
): string[] {
  const { test_looks: scored, model, run, verdict, safe } = result;
  const earlier = scored === 1 ? "1 earlier run" : `${scored} earlier runs`;
  const choices = [...keptWords(result.strategy), ...(safe ? [safe.words] : [])];
  return [
    ...(verdict ? labelled("verdict", verdict.words) : []),
    ...(choices.length > 0 ? labelled("model", ...choices) : []),
    ...(scored > 0
      ? labelled("note", `${earlier} used this test split: do not pick a run by its score`)
      : []),
    ...labelled("report", `${run}/report.html`),
    // Not wrapped: a command is copied as one line.
    `next       engraft predict ${model} ${exampleInputs[input]}`,
  ];
}
