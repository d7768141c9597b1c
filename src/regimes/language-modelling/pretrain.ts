import { EngraftError } from "../../core/errors.js";
import type { PretrainResultEvent } from "../../core/events/events.js";
import { commandLine } from "../../run/command-line.js";
import { freeRunPath } from "../../run/folder/run-folder.js";
import type { RunManifest } from "../../run/folder/run-manifest.js";
import { openMachine } from "../../run/machine.js";
import { fromAnywhere } from "../../run/moved-models.js";
import { newRun } from "../../run/new-run.js";
import { resumedOptions, resumeRun } from "../../run/resume-run.js";
import { executePretraining } from "./execute-pretraining.js";
import { checkPretrainOptions, type PretrainOptions } from "./options.js";

/**
 * Continues the pretraining of a text model on unlabelled texts of a domain. An encoder predicts hidden tokens, a decoder the
 * next token. The result is a base for `train` with the same graph and new weights.
 *
 * @param texts a .txt file with one text per line, a CSV, TSV or JSONL file with a column of texts, or a folder of these
 * @returns the `result` event: perplexity on held-back texts, before and after; `model` is the new base
 * @throws EngraftError with a message for people; `Interrupted` after an abort, with the state saved
 * @see Gururangan et al., "Don't Stop Pretraining: Adapt Language Models to Domains and Tasks", 2020
 * @example
 * const { model, before, after } = await pretrain("messages.txt", { base: "text-mini", onEvent: console.log });
 * console.log(before.perplexity, after.perplexity);
 * await train("labelled.csv", { task: "text-classification", base: model });
 */
export async function pretrain(texts: string, options: PretrainOptions = {}): Promise<PretrainResultEvent> {
  checkPretrainOptions({ ...options });
  const machine = await openMachine();
  const { platform } = machine;
  const { files } = platform;
  const root = files.resolve(texts);
  if (!(await files.stat(root)))
    throw new EngraftError("DataError", `there are no texts at "${texts}"`, {
      help: "engraft pretrain <texts>: a .txt file with a text a line, a .csv or .jsonl with a column of texts, or a folder",
    });
  const path =
    options.out === undefined
      ? await freeRunPath(platform, root.replace(/\.\w+$/, ""))
      : files.resolve(options.out);
  const { onEvent: _e, signal: _s, threads, out: _o, base, ...others } = options;
  const recorded = {
    ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
    ...others,
  };
  const started = {
    task: "pretrain",
    command: commandLine(root, { ...recorded }, path, { command: "pretrain" }),
    data: root,
    options: recorded as RunManifest["options"],
    threads,
  } as const;
  return newRun(platform, path, started, (run) => executePretraining(machine, run, options));
}

/**
 * Resumes a pretraining, with the same bits as without an interruption. A finished one returns its result again.
 * @deprecated use `resume(folder)`
 * @throws RunError if the folder holds no pretraining, or if texts or base have changed
 * @example const { after } = await resumePretrain("runs/2026-01-31-messages");
 */
export async function resumePretrain(
  path: string,
  options: Pick<PretrainOptions, "onEvent" | "signal" | "threads" | "device"> = {},
): Promise<PretrainResultEvent> {
  const machine = await openMachine();
  return resumeRun<PretrainResultEvent>(machine.platform, path, {
    kinds: ["pretrain"],
    resultIn: ({ result }) =>
      result?.event === "result" && result.task === "language-modelling" ? result : undefined,
    execute: (run) => {
      const { threads, options: recorded } = run.manifest;
      checkPretrainOptions({ ...recorded });
      return executePretraining(machine, run, resumedOptions(recorded as PretrainOptions, threads, options));
    },
    threads: options.threads,
    onEvent: options.onEvent,
  });
}
