// Results of runs, as the library's sheets declare them, in the language of the page.
import type { TrainedResult } from "../../src/core/events/events.js";
import type { ListedAnswer } from "../../src/core/results/counts.js";
import type { ShownScore } from "../../src/core/results/shown-score.js";
import type { ClassificationAnswers } from "../../src/evaluate/predictions.js";
import type { FigureJson, SamplesJson, ScoreJson, SheetJson } from "../../src/report/sheet/sheet-json.js";
import type { SessionFit } from "../../src/session/live-session.js";
import { sampleKindFacts } from "../../src/studio/project-kinds.js";
import type { MistakesJson } from "../../src/tasks/report/result-json.js";
import { useStudio } from "../engine/studio.js";
import type { RunEntry } from "../engine/trainer.js";
import { useLoaded } from "../tasks/controls.js";
import { currentLang, currentWords, type Lang } from "../words/current-words.js";

type Writer = typeof import("../../src/tasks/report/result-json.js");

/** Writers that are loaded, by the language of their sentences. */
const writers = new Map<Lang, Writer>();
const loadWriter = async (lang: Lang): Promise<Writer> => {
  const writer = await import("../../src/tasks/report/result-json.js");
  await writer.loadLanguage(lang);
  writers.set(lang, writer);
  return writer;
};

/** Returns the library's writer of results in the language of the page; undefined until it is loaded. */
export function useWriter(): Writer | undefined {
  const lang = currentLang();
  useLoaded(() => loadWriter(lang), [lang]);
  return writers.get(lang);
}

/** True for a result with a test score, or with the reason why it has none. */
export const hasSheet = (result: TrainedResult | undefined): result is TrainedResult =>
  result?.test?.metric !== undefined;

/** Returns the test scores of a run; undefined until they are written, and for a run without them. */
export function useRunSheet({ name, result }: Pick<RunEntry, "name" | "result">): SheetJson | undefined {
  const lang = currentLang();
  const load = async (one: TrainedResult) => (await loadWriter(lang)).resultJson(one, lang);
  // A list of runs that is read again has the same results as new objects.
  const training = result?.seconds?.total;
  return useLoaded(() => (hasSheet(result) ? load(result) : undefined), [name, training, lang]) ?? undefined;
}

/** Returns the mistakes of the quick model's cross-validation; undefined until they are written. */
export function useQuickMistakes({ predictions }: SessionFit): MistakesJson | undefined {
  const { task } = sampleKindFacts(useStudio().store.project.value!.kind)!;
  const lang = currentLang();
  const load = async () => (await loadWriter(lang)).mistakesJson(task, answersOf(predictions), lang);
  return useLoaded(load, [predictions, lang]) ?? undefined;
}

/** Least probability whose logarithm is a number. */
const leastShare = 1e-30;

/** Returns out-of-fold predictions as logits. */
function answersOf(predictions: SessionFit["predictions"]): ClassificationAnswers {
  const classes = [
    ...new Set(predictions.flatMap(({ answers }) => answers.map(({ label }) => label))),
  ].sort();
  return {
    classes,
    items: predictions.map(({ id }) => id),
    labels: predictions.map(({ label }) => classes.indexOf(label)),
    logits: Float32Array.from(
      predictions.flatMap(({ answers }) => {
        const shares = new Map(answers.map(({ label, score }) => [label, score]));
        return classes.map((name) => Math.log(Math.max(leastShare, shares.get(name) ?? 0)));
      }),
    ),
  };
}

/** Returns the predictions of a cell of the confusion matrix; undefined until they are written. */
export function useAnswers(
  predictions: readonly ListedAnswer[],
  truth: string,
  predicted: string,
): SamplesJson | undefined {
  const lang = currentLang();
  const load = async () =>
    (await loadWriter(lang)).answersJson(
      predictions.filter((one) => one.true === truth && one.predicted === predicted),
      lang,
    );
  return useLoaded(load, [predictions, truth, predicted, lang]) ?? undefined;
}

/** Returns the score of a run; undefined if it has none. */
export const scoreOf = (sheet: SheetJson | undefined): ScoreJson | undefined =>
  sheet && sheet.score.n > 0 ? sheet.score : undefined;

/** Writes a score on one line: "75.0 % accuracy"; without digits, the sentence that says why. */
export const scoreLine = ({ value, name, few = "–" }: ScoreJson): string =>
  value === null ? few : `${value} ${name}`;

/** Writes a text with the interval of its score, if it has one. */
export function withInterval(
  text: string,
  { value, interval }: Pick<FigureJson, "value" | "interval">,
): string {
  const { result } = currentWords();
  return value === null || interval === undefined ? text : result.scoreWith(text, result.interval(interval));
}

/** Says that the samples or recordings of the quick model are too few for a number, and how many would do. */
export function fewText({ needed, groups = 0, n }: ShownScore): string {
  const { result } = currentWords();
  return needed?.of === "groups"
    ? result.fewRecordings(groups, needed.about)
    : result.fewSamples(n, needed?.about ?? n);
}
