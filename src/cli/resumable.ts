import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EngraftError } from "../core/errors.js";
import type { OnEvent } from "../core/events/events.js";
import { shellWord } from "../run/command-line.js";
import type { RunManifest } from "../run/folder/run-manifest.js";
import { openMachine } from "../run/machine.js";
import { damagedResult } from "../run/report/run-report.js";
import { asEngraftError } from "./failure.js";

/**
 * Runs a task. If it is interrupted, the error has the command that resumes the run.
 * @throws the error of the task
 */
export async function resumable<Result>(
  command: "train" | "adapt" | "distill" | "extend" | "multi-task" | "pretrain",
  onEvent: OnEvent,
  work: (onEvent: OnEvent) => Promise<Result>,
): Promise<Result> {
  let run: string | undefined;
  try {
    return await work((event) => {
      if (event.event === "start") run = event.run;
      onEvent(event);
    });
  } catch (thrown) {
    const error = asEngraftError(thrown);
    if (run === undefined || !existsSync(join(run, "run.json"))) throw error;
    const manifest = JSON.parse(readFileSync(join(run, "run.json"), "utf8")) as RunManifest;
    const resume = `engraft ${command} --resume ${shellWord(run)}`;
    if (error.kind === "Interrupted")
      throw new EngraftError("Interrupted", error.message, {
        at: run,
        help: `${savedIn(run, manifest)}: ${resume}`,
        cause: error,
      });
    if (error.kind !== "FileError") throw error;
    throw new EngraftError("FileError", error.message, {
      at: error.at,
      help: [error.help, `what was saved before is kept; then go on with: ${resume}`]
        .filter((line) => line !== undefined)
        .join("\n        "),
      details: error.details,
      cause: error,
    });
  }
}

/** Returns the lines of the result of a resumed run. @throws RunError if the result cannot be shown: the file of the run is damaged */
export async function linesOfResumed<Result>(
  run: string,
  result: Result,
  lines: (result: Result) => readonly string[] | Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    return await lines(result);
  } catch (error) {
    const { platform } = await openMachine();
    throw damagedResult(platform, platform.files.resolve(run), error);
  }
}

/** Returns what an interrupted run has saved. The model may be that from before an extension. */
function savedIn(run: string, { extensions = [], result }: RunManifest): string {
  const model = join(run, "model");
  if (!existsSync(model)) return "the state is saved; go on with";
  const { extensions: made = 0 } = (result ?? {}) as { readonly extensions?: number };
  return made < extensions.length
    ? `the model from before is in ${shellWord(model)}; the state is saved; go on with`
    : `the model is saved in ${shellWord(model)}; resume the rest of the run with`;
}
