import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngraftError } from "../../core/errors.js";
import type { OnEvent, TrainResultEvent } from "../../core/events.js";
import { resume, train as trainModel } from "../../index.js";
import type { Command } from "../command.js";
import { asEngraftError } from "../failure.js";
import type { OptionsOf } from "../options.js";
import { kebab } from "../parse.js";
import { renderTrainResult } from "../render.js";

/** What may stand beside --resume: the run knows everything else. */
const withResume = new Set(["resume", "threads", "json", "quiet", "help"]);

/**
 * Do the work; when it is interrupted, say how to go on with the run that was begun.
 * @throws what the work throws
 */
export async function resumable<Result extends { readonly event: "result" } = TrainResultEvent>(
  onEvent: OnEvent,
  work: (onEvent: OnEvent) => Promise<Result>,
  command = "train",
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
    const goOn = `engraft ${command} --resume ${quoted(run)}`;
    if (error.kind === "Interrupted")
      throw new EngraftError("Interrupted", error.message, {
        at: run,
        help: `the state is saved; go on with: ${goOn}`,
        cause: error,
      });
    if (error.kind !== "FileError") throw error;
    throw new EngraftError("FileError", error.message, {
      ...(error.at !== undefined && { at: error.at }),
      help: [error.help, `what was saved before is kept; then go on with: ${goOn}`]
        .filter((line) => line !== undefined)
        .join("\n        "),
      details: error.details,
      cause: error,
    });
  }
}

/** A path as a shell wants it. */
function quoted(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `"${path}"`;
}

/** `engraft train <data>`, or `engraft train --resume DIR`. */
export const train: Command<OptionsOf<"train">> = async (args, options, { output, signal }) => {
  const [data] = args;
  if (options.resume !== undefined) {
    const other = Object.entries(options).find(
      ([name, value]) => value !== undefined && !withResume.has(name),
    );
    if (data !== undefined || other)
      throw new EngraftError(
        "OptionError",
        `--resume stands alone: ${other ? `--${kebab(other[0])}` : `"${data}"`} is fixed by the run`,
        { help: `engraft train --resume ${options.resume}` },
      );
    const { threads } = options;
    const run = options.resume;
    const result = await resumable(output.onEvent, (onEvent) =>
      resume(run, { onEvent, signal, ...(threads !== undefined && { threads }) }),
    );
    output.result({ ...result }, renderTrainResult(result));
    return;
  }
  if (data === undefined)
    throw new EngraftError("OptionError", "train needs a data folder", {
      help: "engraft train <data>: a folder with one folder of pictures for each class",
    });
  const { json: _json, quiet: _quiet, help: _help, resume: _resume, noCache, ...given } = options;
  const result = await resumable(output.onEvent, (onEvent) =>
    trainModel(data, { ...given, cache: noCache !== true, onEvent, signal }),
  );
  output.result({ ...result }, renderTrainResult(result));
};
