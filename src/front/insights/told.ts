import { messageOf } from "../../core/errors.js";
import type { Context } from "../context.js";
import { reportOn } from "../run-report.js";
import { lookInside, type Trained } from "./look-inside.js";

/** Look inside a model whose run is done, and write its report again with what was seen. */
export async function tellInsights(context: Context, trained: Trained): Promise<void> {
  const { run, machine, onEvent } = context;
  if (!(await lookInside(context, trained))) return;
  try {
    await reportOn(machine, run.path);
  } catch (error) {
    const message = `the report could not be written again: ${messageOf(error)}`;
    onEvent({ event: "warning", code: "report", message });
  }
}
