import { EngraftError, messageOf } from "../../core/errors.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events/events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { BaseModality } from "../../core/modalities.js";
import type { Explanation, RunExplanations } from "../../core/results/explanation.js";
import { isTaskWith, type ModelTask } from "../../core/results/task.js";
import type { TableDataset } from "../../data/index.js";
import type { Context } from "../../run/context.js";
import { keepExplanations } from "../../run/insights/explanations-file.js";
import { type Limit, limitOf } from "../../run/insights/limit.js";
import { reportOn } from "../report/write-report.js";
import type { OpenExplainer } from "../task-row.js";
import { explainerOfRows } from "./explain-rows.js";
import type { ExplainOptions } from "./explanation.js";

/** Limits, in seconds, for the explanations of a run: they may take a tenth of the run's time. */
const [leastSeconds, mostSeconds] = [6, 60];
/** Most rows, and most other test samples, that a run explains. */
const [mostRows, mostOthers] = [100, 6];

/** Parts of a finished run that explanations need. */
type Done = Pick<Context, "run" | "machine" | "options" | "onEvent">;

/** Result whose model is explained. */
export interface RunToExplain {
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
  const { machine } = context;
  const { runtime } = machine;
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

const explainers: Readonly<Record<BaseModality, OpenExplainer>> = {
  image: async (machine, runtime, model, task, options) =>
    (await import("./explain-pictures.js")).explainerOfPictures(machine, runtime, model, task, {
      ...options,
      method: "shap",
    }),
  audio: async (...given) => (await import("./explain-sounds.js")).explainerOfSounds(...given),
  async text(machine, runtime, model, task, options) {
    const how = { ...options, method: "shap" } as const;
    if (isTaskWith(task, { head: "tags" }))
      return (await import("./explain-tags.js")).explainerOfTags(machine, runtime, model, how);
    return (await import("./explain-texts.js")).explainerOfTexts(machine, runtime, model, task, how);
  },
};

/**
 * Explains samples of the test split after a run: pictures by Shapley values of their parts, texts by those of their words, sounds by occlusion
 * of cells over frequency and time.
 * @param by modality of the samples, or what opens the model of a task that has explanations of its own
 */
export async function explainSamples(
  by: BaseModality | OpenExplainer,
  context: Done,
  result: RunToExplain,
  test: readonly Sample[],
): Promise<void> {
  const { machine } = context;
  const { runtime } = machine;
  await explainRun(context, result, { samples: evenly(test, mostOthers), of: test.length }, (options) =>
    (typeof by === "string" ? explainers[by] : by)(machine, runtime, result.model, result.task, options),
  );
}

/** Returns samples that are files. */
export const filesOf = (
  items: readonly { readonly id: string; readonly path: string }[],
): readonly Sample[] => items.map(({ id, path }) => ({ id, item: path }));

/**
 * Explains samples, and writes the report again with the explanations. After an error or an abort, only a
 * section of the report is missing.
 */
export async function explainRun(
  { run, machine, options, onEvent }: Done,
  result: RunToExplain,
  given: { readonly samples: readonly Sample[]; readonly of: number },
  open: (options: ExplainOptions) => Promise<(item: unknown) => Promise<Explanation>>,
): Promise<void> {
  const limit = limitOf(
    { run, options },
    Math.min(mostSeconds, Math.max(leastSeconds, result.seconds.total / 10)),
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
      // Another sample can be explained if this one is at fault: a decoder may write nothing after it.
      if (!(error instanceof EngraftError && error.kind === "DataError")) break;
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
