import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngraftError } from "../core/errors.js";
import type { OnEvent } from "../core/events/events.js";
import { shellWord } from "../run/command-line.js";
import { asEngraftError } from "./failure.js";

/**
 * Runs a task. If it is interrupted, the error has the command that resumes the run.
 * @throws the error of the task
 */
export async function resumable<Result>(
  command: "train" | "adapt" | "distill" | "multi-task" | "pretrain",
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
    const resume = `engraft ${command} --resume ${shellWord(run)}`;
    if (error.kind === "Interrupted")
      throw new EngraftError("Interrupted", error.message, {
        at: run,
        help: `${existsSync(join(run, "model")) ? `the model is saved in ${shellWord(join(run, "model"))}; resume the rest of the run with` : "the state is saved; go on with"}: ${resume}`,
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
