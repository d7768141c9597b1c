import { formatDuration } from "../../core/duration.js";
import type { AnyResultEvent, Interval, TrainResultEvent } from "../../core/events/events.js";
import type { SafeChoice, Verdict } from "../../core/events/run-outcome.js";
import { inEnglish, type StrategyFacts } from "../../core/messages/message.js";
import { namedScoreText } from "../../core/messages/metric-en.js";
import { type BaselineOf, endOf, isBestTried } from "../../core/results/baseline.js";
import { constantBaselines } from "../../core/results/baseline-names.js";
import type { ViewScores } from "../../core/results/common-result.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import { groupWords } from "../../core/results/group-words.js";
import type { ShownScore } from "../../core/results/shown-score.js";
import { factsOf, type TaskFacts } from "../../core/results/task.js";
import { type ShownResult, shownScoreOf } from "../../evaluate/shown-score.js";
import { madeFacts } from "../../report/sheet/made-facts.js";
import { pairExample } from "../../report/sheet/sheet.js";
import { hasDigits, saidOfScore } from "../../report/sheet/shown-score.js";
import { baselineLabels } from "../../report/words/baselines.js";
import { shellWord } from "../../run/command-line.js";
import { type AnySheet, sheetOf } from "../../tasks/sheets.js";
import { formatRate } from "./epoch-table.js";
import { epochsLine } from "./epochs-line.js";
import { labelled } from "./labelled.js";
import { percent, percentRange } from "./percent.js";
import { formatCount } from "./render.js";
import {
  detailLines,
  furtherScores,
  type MainScore,
  onScreen,
  screenScore,
  screenText,
  weakestLines,
  worstSample,
} from "./render-sheet.js";
import { sampleLines } from "./sample-lines.js";
import { seedsLines } from "./seeds-lines.js";

/** Baseline in the list at the end of a run. */
interface BaselineRow extends Pick<BaselineOf<unknown>, "seconds" | "recipe" | "training" | "tried"> {
  readonly key: string;
  readonly score: MainScore;
}

const ofShare = (value: number, interval: Interval | null): MainScore => ({
  value: percent(value),
  ...(interval && { interval: percentRange(interval) }),
});

/**
 * Returns the last lines of `engraft train`: the score with its interval, its meaning, and the next command.
 * @param data path of the data as it was given; missing: the run was resumed
 */
export async function renderAnyResult(
  result: AnyResultEvent,
  verbose = false,
  data?: string,
): Promise<string[]> {
  const { test, no_score: noScore } = result;
  const input = "unit" in result ? labelInputs[result.unit] : factsOf(result.task).input;
  if (noScore)
    return [
      ...trainedLines(result, verbose),
      "",
      ...labelled("score", `none: ${noScore.message}`),
      "",
      ...lastLines(result, input),
      studioLine(result),
    ];
  const sheet = await sheetOf(result.task);
  const scoreOf = (scores: GroupFacts, constant: boolean): MainScore =>
    screenScore(sheet.figures(scores, result)[0], hasDigits(scores, constant));
  return [
    ...trainedLines(result, verbose),
    "",
    ...scoreLines(sheet, result),
    "",
    ...baselineLines(baselineRows(result, scoreOf), verbose),
    ...("by_seed" in result ? seedsLines(result.by_seed) : []),
    ...("tta" in result && result.tta ? viewsLines(result.tta, sheet, result) : []),
    ...otherScores(result),
    ...furtherScores(sheet, test, result),
    ...weakestLines(sheet, test, result),
    ...("samples" in result ? sampleLines(result.samples) : []),
    ...(verbose ? detailLines(sheet, test, result) : worstSample(sheet, test, result)),
    ...lastLines(result, input, isGuessing(result) ? afterGuessing(result, data) : undefined),
    studioLine(result),
  ];
}

const isGuessing = (result: AnyResultEvent): boolean => shownScoreOf(result).better_than_guessing === false;

/** Returns the next command if the model is no better than guessing: train longer if it still improved, else look at the data. */
function afterGuessing(
  { epochs, best_epoch: best, run }: AnyResultEvent,
  data: string | undefined,
): string | undefined {
  if (epochs > 0 && best === epochs)
    return `engraft train --resume ${shellWord(run)} --more 10m  (it was still improving)`;
  return data === undefined ? undefined : `engraft inspect ${shellWord(data)}  (check labels and columns)`;
}

function baselineRows(
  { baselines }: AnyResultEvent,
  scoreOf: (scores: GroupFacts, constant: boolean) => MainScore,
): readonly BaselineRow[] {
  const all: Readonly<Record<string, BaselineOf<GroupFacts> | undefined>> = { ...baselines };
  return Object.entries(all).flatMap(([key, baseline]) =>
    baseline ? [{ ...baseline, key, score: scoreOf(baseline.test, constantBaselines.has(key)) }] : [],
  );
}

function viewsLines({ views, test }: ViewScores<GroupFacts>, sheet: AnySheet, about: object): string[] {
  const [score] = sheet.figures(test, about);
  const name = screenText(score.name);
  return labelled(
    "views",
    `${name} ${screenScore(score, hasDigits(test)).value} with ${views} views of each picture`,
  );
}

/** "68.3 %  (95 % confidence interval 62.9 to 73.3 %, 300 test pictures)" */
const scoreLine = ({ value, interval, range }: MainScore, n: number, samples: string): string => {
  const words = range ? "95 % confidence interval" : "no interval";
  return `${value}  (${interval === undefined ? words : `95 % confidence interval ${interval}`}, ${formatCount(n)} test ${samples})`;
};

/** Returns the score with its interval, what a reader must know of the tested samples, and what guessing gives. */
function scoreLines(
  sheet: AnySheet,
  about: { readonly test: GroupFacts; readonly shown?: ShownScore; readonly baselines?: object },
): string[] {
  const { test, baselines } = about;
  const [figure] = sheet.figures(test, about);
  const { n, warning } = sheet.scores(test, about);
  const sample = sheet.sample(about);
  const shown = shownScoreOf(about as ShownResult);
  const said = saidOfScore({ shown, figure, sample, lang: "en", baselines });
  const grouped = test.few_groups ? undefined : groupWords({ ...test, n }, `${sample}s`);
  const lines = [warning && screenText(warning), grouped, said.few, said.guessing];
  return [
    ...labelled(
      screenText(figure.name),
      scoreLine(screenScore(figure, shown.value !== null), n, `${sample}s`),
    ),
    ...lines.flatMap((line) => (line === undefined ? [] : labelled("", onScreen(line)))),
  ];
}

/** Returns the lines of an evaluation: the score as at the end of a training, and everything else. */
export const evaluationLines = (sheet: AnySheet, about: { readonly test: GroupFacts }): string[] => [
  ...scoreLines(sheet, about),
  ...furtherScores(sheet, about.test, about),
  ...detailLines(sheet, about.test, about),
];

function trainedLines(result: AnyResultEvent, verbose: boolean): string[] {
  const { seconds, forecast, extensions } = result;
  const time = formatDuration(seconds.total);
  // The forecast of an extension is not that of the run.
  const expected = extensions === undefined ? `; forecast ${formatDuration(forecast.seconds)}` : "";
  return labelled(
    "trained",
    ...(result.epochs > 0
      ? [epochsLine(result, factsOf(result.task).metric === "f1" ? "validation F1" : "validation")]
      : []),
    verbose
      ? `${time} (features ${formatDuration(seconds.features)}, training ${formatDuration(seconds.training)}${expected}), peak memory ${Math.round(result.peak_rss_mb)} MB (forecast ${Math.round(forecast.peak_rss_mb)} MB)`
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
  return (baselineLabels("en")[key] ?? key).replace(/^the /, "");
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
      const more = scratchLines({ training, tried });
      return [
        `${line}${interval}, ${formatDuration(seconds)}`,
        ...[recipe, ...more].map((text) => `  ${text}`),
      ];
    }),
  );
}

/** End of a training from scratch, in words. */
const scratchEndsInFull: Readonly<Record<ReturnType<typeof endOf>, string>> = {
  "stopped improving": "until validation stopped improving",
  budget: "still improving when they were up",
  diverged: "until it diverged",
  "not learnt": "not yet clearly better than guessing when they were up",
};

/** Note if the chosen rate does not have the lowest loss. */
const usualRate = "; none was better than guessing yet, so the usual rate went on";

/** Describes a training from scratch: "400 steps (38 s), still improving when they were up; epoch 24 kept". */
function scratchLines({ training, tried = [] }: Pick<BaselineOf<unknown>, "training" | "tried">): string[] {
  if (!training) return [];
  const { steps, seconds, best_epoch, validation, at_transfer: early } = training;
  const rates = tried.map((t) => `${t.rate} (${t.validation.loss.toFixed(3)}${t.kept ? ", chosen" : ""})`);
  return [
    `${steps} steps (${formatDuration(seconds)}), ${scratchEndsInFull[endOf(training)]}; the weights after epoch ${best_epoch} are kept, validation ${validation.score.toFixed(3)}`,
    ...(early
      ? [`after ${early.steps} steps, as many as the run: validation ${early.validation.score.toFixed(3)}`]
      : []),
    ...(rates.length > 0
      ? [
          `learning rates tried, with validation loss: ${rates.join(", ")}${isBestTried(tried) ? "" : usualRate}`,
        ]
      : []),
  ];
}

/** Returns lines on further scores: another dataset, the teacher. */
function otherScores(result: AnyResultEvent): string[] {
  const lines = madeFacts(result).flatMap(({ label, short, value }) =>
    labelled(short ?? screenText(label), screenText(value)),
  );
  if ("elsewhere" in result && result.elsewhere) {
    const { test, data, drop } = result.elsewhere;
    const score = ofShare(test.accuracy, test.accuracy_ci95);
    lines.push(
      ...labelled(
        "elsewhere",
        `accuracy ${scoreLine(score, test.n, `${factsOf(result.task).sample}s`)} of ${data}`,
        drop.words,
      ),
    );
  }
  if ("distillation" in result && result.distillation) {
    const { teacher, words, answers, test, seeds } = result.distillation;
    const { sample } = factsOf(result.task);
    const isShare = test && "split" in result && test.n !== result.split.test;
    const tested = isShare ? ` on ${test.n} test ${test.n === 1 ? sample : `${sample}s`}` : "";
    const score = test
      ? `, accuracy ${percent(test.accuracy)} (95 % confidence interval ${percentRange(test.accuracy_ci95)})${tested}`
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
  several: "LIST.csv",
};

/** Returns the example input of a result. */
const exampleOf = (result: object, input: TaskFacts["input"]): string => {
  if (!("form" in result)) return exampleInputs[input];
  return result.form === "chats" ? '"a question"' : '"the beginning of a text"';
};

/** Example input of a model of several labels, by its samples. */
const labelInputs = { pictures: "either", texts: "text", clips: "either" } as const;

/** Returns which of its models the run kept by validation, and why. */
const keptWords = (strategy: StrategyFacts | undefined): readonly string[] =>
  (strategy?.reason_messages ?? []).flatMap((one) =>
    one.code === "kept-by-validation" ? [inEnglish([one])] : [],
  );

/** Returns the last lines of a result: verdict, choice among its models, earlier runs with the same test split, files, next commands. @param next default: predict with the model */
export function lastLines(
  result: {
    readonly test_looks: number;
    readonly model: string;
    readonly run: string;
    readonly verdict?: Verdict;
    readonly safe?: SafeChoice;
    readonly strategy?: StrategyFacts;
    readonly pairs?: true;
  },
  input: TaskFacts["input"] = "either",
  next?: string,
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
    `next       ${next ?? `engraft predict ${shellWord(model)} ${result.pairs ? pairExample : exampleOf(result, input)}`}`,
  ];
}

/** Second next command, for the runs that the studio shows. */
const studioLine = ({ run }: Pick<AnyResultEvent, "run">): string =>
  `           engraft studio ${shellWord(run)}  (see the result and try it)`;
