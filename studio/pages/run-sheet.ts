// Results of runs, as the library's sheets declare them, in the language of the page.
import type { TrainedResult } from "../../src/core/events/events.js";
import type { ShownScore } from "../../src/core/results/shown-score.js";
import type { FigureJson, ScoreJson, SheetJson } from "../../src/report/sheet/sheet-json.js";
import type { RunEntry } from "../engine/trainer.js";
import { useLoaded } from "../tasks/controls.js";
import { currentLang, currentWords } from "../words/current-words.js";

type Writer = typeof import("../../src/tasks/report/result-json.js");

let writer: Writer | undefined;
const loadWriter = async (): Promise<Writer> => {
  writer ??= await import("../../src/tasks/report/result-json.js");
  return writer;
};

/** Returns the library's writer of results; undefined until it is loaded. */
export function useWriter(): Writer | undefined {
  useLoaded(loadWriter, []);
  return writer;
}

/** True for a result with a test score, or with the reason why it has none. */
export const hasSheet = (result: TrainedResult | undefined): result is TrainedResult =>
  result?.test?.metric !== undefined;

/** Returns the test scores of a run; undefined until they are written, and for a run without them. */
export function useRunSheet({ name, result }: Pick<RunEntry, "name" | "result">): SheetJson | undefined {
  const lang = currentLang();
  const load = async (one: TrainedResult) => (await loadWriter()).resultJson(one, lang);
  // A list of runs that is read again has the same results as new objects.
  const training = result?.seconds?.total;
  return useLoaded(() => (hasSheet(result) ? load(result) : undefined), [name, training, lang]) ?? undefined;
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
