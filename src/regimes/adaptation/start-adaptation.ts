import type { TrainOptions } from "../../options/options.js";
import { commandLine } from "../../run/command-line.js";
import { freeRunPath, type RunFolder } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import type { Machine } from "../../run/machine.js";
import { newRun } from "../../run/new-run.js";

/** Starts an adaptation in a new run folder. @param source data, or a model */
export async function startAdaptation<
  Options extends Pick<TrainOptions, "onEvent" | "signal" | "threads" | "out">,
  Result,
>(
  machine: Machine,
  source: string,
  target: string,
  options: Options,
  execute: (machine: Machine, run: RunFolder, options: Options) => Promise<Result>,
): Promise<Result> {
  const { platform } = machine;
  const { files } = platform;
  const [from, to] = [files.resolve(source), files.resolve(target)];
  const stem = (path: string): string =>
    (path.split(/[\\/]/).filter(Boolean).at(-1) ?? "data").replace(/\.\w+$/, "");
  const { onEvent: _e, signal: _s, threads, out, ...recorded } = options;
  const path =
    out === undefined ? await freeRunPath(platform, `${stem(from)}-to-${stem(to)}`) : files.resolve(out);
  const started = {
    task: "adapt",
    command: commandLine(from, { ...recorded }, path, { command: "adapt", target: to }),
    data: from,
    target: to,
    options: recorded as RunManifest["options"],
    threads,
  } as const;
  return newRun(platform, path, started, (run) => execute(machine, run, options));
}
