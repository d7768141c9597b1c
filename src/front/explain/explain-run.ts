import { EngraftError, messageOf } from "../../core/errors.js";
import type { RegressionResultEvent, TableResultEvent } from "../../core/events.js";
import type { Explanation, RunExplanations } from "../../core/explanation.js";
import { Limit } from "../insights/limit.js";
import { reportOn } from "../run-report.js";
import type { TableContext } from "../tasks/table-start.js";
import { explainerOfRows } from "./explain-rows.js";
import { keepExplanations } from "./explanations-file.js";

/** Seconds that the explanations of a run may take: a tenth of the run's, within these. */
const [least, most] = [6, 60];
/** Rows of the test split that are explained. */
const mostRows = 100;

/**
 * Explains rows of the test split after a run on a table, and writes the report again with them. The run is done before:
 * if this fails or is stopped, the report lacks a section and nothing else.
 */
export async function explainRun(
  context: TableContext,
  result: RegressionResultEvent | TableResultEvent,
): Promise<void> {
  const { run, machine, platform, options, onEvent } = context;
  const limit = new Limit(Math.min(most, Math.max(least, result.seconds.total / 10)), options.signal);
  try {
    await keepExplanations(platform, run.path, await explanationsOf(context, result, limit));
    await reportOn(machine, run.path);
  } catch (error) {
    const stopped = error instanceof EngraftError && error.kind === "Interrupted";
    const message = stopped
      ? "stopped while the report was made: the model and its scores are whole, the report does not say which columns matter"
      : `the report does not say which columns matter: ${messageOf(error)}`;
    onEvent({ event: "warning", code: "insights", message });
  }
}

async function explanationsOf(
  { machine, runtime, dataset }: TableContext,
  result: RegressionResultEvent | TableResultEvent,
  limit: Limit,
): Promise<RunExplanations> {
  const test = dataset.items.filter(({ part }) => part === "test");
  const count = Math.min(mostRows, test.length);
  const rows = Array.from({ length: count }, (_, i) => test[Math.floor((i * test.length) / count)]!);
  const options = { signal: limit.signal, ...classOf(result, rows) };
  const explain = await explainerOfRows(machine, runtime, result.model, result.task, options);
  const explained: Explanation[] = [];
  let why: string | undefined;
  for (const { id, cells } of rows) {
    const row = Object.fromEntries(dataset.columns.map(({ name }, c) => [name, cells[c]!]));
    try {
      explained.push({ ...(await explain(row)), input: id });
    } catch (error) {
      why = limit.wordsOf(error);
      break;
    }
  }
  return {
    format: 1,
    rows: explained,
    of: test.length,
    ...(why !== undefined && { left_out: why }),
    seconds: Number(limit.spent.toFixed(2)),
  };
}

/** One class for all rows, so that weights compare: the one that most of the rows have. */
function classOf(
  result: RegressionResultEvent | TableResultEvent,
  rows: readonly { readonly label: number }[],
): { readonly class?: string } {
  if (result.task !== "tabular-classification") return {};
  const counts = result.classes.map((_, k) => rows.filter(({ label }) => label === k).length);
  return { class: result.classes[counts.indexOf(Math.max(...counts))]! };
}
