import { EngraftError, messageOf } from "../../core/errors.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Explanation, RunExplanations } from "../../core/results/explanation.js";
import { isTaskWith, type ModelTask } from "../../core/results/task.js";
import type { TableDataset } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { keepExplanations } from "../../run/insights/explanations-file.js";
import { Limit } from "../../run/insights/limit.js";
import { reportOn } from "../report/write-report.js";
import type { TextOrPair } from "../texts/require-texts.js";
import { explainerOfRows } from "./explain-rows.js";
import type { ExplainOptions } from "./explanation.js";

/** Limits, in seconds, for the explanations of a run: they may take a tenth of the run's time. */
const [leastSeconds, mostSeconds] = [6, 60];
/** Most test samples that a run explains. */
const [mostRows, mostTexts, mostPictures, mostClips] = [100, 6, 6, 6];

/** Parts of a finished run that explanations need. */
type Done = Pick<Context, "run" | "machine" | "runtime" | "options" | "onEvent">;

interface Result {
  readonly task: ModelTask;
  readonly model: string;
  readonly seconds: { readonly total: number };
}

interface Sample {
  readonly id: string;
  readonly item: unknown;
}

/** Explains rows of the test split after a run on a table, by Shapley values of their columns, or of their inputs of several kinds. */
export async function explainRows(
  context: Done,
  dataset: TableDataset,
  result: RegressionResultEvent | TableResultEvent,
): Promise<void> {
  const { machine, runtime } = context;
  const test = dataset.items.filter(({ part }) => part === "test");
  const rows = evenly(test, mostRows);
  const samples = rows.map(({ id, cells }) => ({
    id,
    item: Object.fromEntries(dataset.columns.map(({ name }, c) => [name, cells[c]!])),
  }));
  const open = isTaskWith(result.task, { input: "several" })
    ? (await import("../multimodal/explain-inputs.js")).explainerOfInputs
    : explainerOfRows;
  await explainRun(context, result, { samples, of: test.length }, (options) =>
    open(machine, runtime, result.model, result.task, { ...options, ...classOf(result, rows) }),
  );
}

/** Explains pictures of the test split after a run on labels or numbers, by Shapley values of their parts. */
export async function explainPictures(
  context: Done,
  result: Result,
  test: readonly { readonly id: string; readonly path: string }[],
): Promise<void> {
  const { machine, runtime } = context;
  const samples = evenly(test, mostPictures).map(({ id, path }) => ({ id, item: path }));
  await explainRun(context, result, { samples, of: test.length }, async (options) => {
    const { explainerOfPictures } = await import("./explain-pictures.js");
    return explainerOfPictures(machine, runtime, result.model, result.task, { ...options, method: "shap" });
  });
}

/** Explains sounds of the test split after a run, by occlusion of cells over frequency and time. */
export async function explainClips(
  context: Done,
  result: Result,
  test: readonly { readonly id: string; readonly path: string }[],
): Promise<void> {
  const { machine, runtime } = context;
  const samples = evenly(test, mostClips).map(({ id, path }) => ({ id, item: path }));
  await explainRun(context, result, { samples, of: test.length }, async (options) => {
    const { explainerOfSounds } = await import("./explain-sounds.js");
    return explainerOfSounds(machine, runtime, result.model, result.task, options);
  });
}

/** Explains texts of the test split after a run on labels or entities, by Shapley values of their words. */
export async function explainTexts(
  context: Done,
  result: Result,
  test: readonly { readonly id: string; readonly item: TextOrPair }[],
): Promise<void> {
  const { machine, runtime } = context;
  const samples = evenly(test, mostTexts);
  await explainRun(context, result, { samples, of: test.length }, async (options) => {
    const how = { ...options, method: "shap" } as const;
    if (isTaskWith(result.task, { head: "tags" }))
      return (await import("./explain-tags.js")).explainerOfTags(machine, runtime, result.model, how);
    const { explainerOfTexts } = await import("./explain-texts.js");
    return explainerOfTexts(machine, runtime, result.model, result.task, how);
  });
}

/**
 * Explains samples, and writes the report again with the explanations. After an error or an abort, only a
 * section of the report is missing.
 */
export async function explainRun(
  { run, machine, options, onEvent }: Done,
  result: Result,
  given: { readonly samples: readonly Sample[]; readonly of: number },
  open: (options: ExplainOptions) => Promise<(item: unknown) => Promise<Explanation>>,
): Promise<void> {
  const limit = new Limit(
    Math.min(mostSeconds, Math.max(leastSeconds, result.seconds.total / 10)),
    options.signal,
  );
  try {
    const explain = await open({ signal: limit.signal });
    await keepExplanations(machine.platform, run.path, await explanationsOf(explain, given, limit));
    await reportOn(machine, run.path, {}, { isComplete: true });
  } catch (error) {
    const stopped = error instanceof EngraftError && error.kind === "Interrupted";
    const text = stopped
      ? message("explanations-stopped")
      : message("explanations-failed", { why: messageOf(error) });
    onEvent({ event: "warning", ...warningText("insights", text) });
  }
}

async function explanationsOf(
  explain: (item: unknown) => Promise<Explanation>,
  { samples, of }: { readonly samples: readonly Sample[]; readonly of: number },
  limit: Limit,
): Promise<RunExplanations> {
  const explained: Explanation[] = [];
  let ended: ReturnType<Limit["reasonFor"]> | undefined;
  for (const { id, item } of samples) {
    try {
      explained.push({ ...(await explain(item)), input: id });
    } catch (error) {
      ended = limit.reasonFor(error);
      break;
    }
  }
  return {
    format: 1,
    samples: explained,
    of,
    left_out: ended?.why,
    left_out_message: ended?.message,
    seconds: Number(limit.spent.toFixed(2)),
  };
}

/** Returns the most frequent class of the rows. One class for all rows makes their weights comparable. */
function classOf(
  result: RegressionResultEvent | TableResultEvent,
  rows: readonly { readonly label: number }[],
): { readonly class?: string } {
  if (!("classes" in result)) return {};
  const counts = result.classes.map((_, k) => rows.filter(({ label }) => label === k).length);
  return { class: result.classes[counts.indexOf(Math.max(...counts))]! };
}

function evenly<T>(all: readonly T[], count: number): T[] {
  const n = Math.min(count, all.length);
  return Array.from({ length: n }, (_, i) => all[Math.floor((i * all.length) / n)]!);
}
