import { EngraftError } from "../../core/errors.js";
import type { AdaptResultEvent, EngraftEvent, OnEvent } from "../../core/events/events.js";
import { engraftVersion } from "../../core/version.js";
import { isTextList } from "../../data/texts/index.js";
import { commandLine } from "../../run/command-line.js";
import { ended, recorder } from "../../run/execute-run.js";
import { progressKept, withMemory } from "../../run/folder/progress-kept.js";
import { requireSameOptions } from "../../run/folder/require-same.js";
import { freeRunPath, RunFolder, type RunManifest } from "../../run/folder/run-folder.js";
import { type Machine, openMachine } from "../../run/machine.js";
import { newRun } from "../../run/new-run.js";
import { RunRuntime } from "../../run/run-runtime.js";
import { adaptAndScore } from "./adapt-and-score.js";
import { type Domain, domainEvent, fitTogether } from "./domain.js";
import { type AdaptOptions, adaptDefaults, checkAdaptOptions, requireForTexts } from "./options.js";
import { openPictures, openTargetPictures } from "./pictures.js";
import { openTextDomain } from "./texts.js";

/**
 * Learn from a labelled source for an unlabelled target: trains on the source alone and with a method of adaptation, chooses epoch and trade-off without
 * the target's labels, and says how far the domains were apart before and after. Target labels, when there are any, are used once, at the end.
 *
 * @param source labelled pictures as for `train`, or a CSV, TSV or JSONL of texts with `text,label[,split]`
 * @param target the same, or a folder of pictures (a list of texts) without labels
 * @returns the `result` event
 * @throws EngraftError with a message for people; `Interrupted` after an abort, with the state saved
 * @example
 * const run = await adapt("./photos", "./drawings", { method: "dann", onEvent: console.log });
 * console.log(run.chosen, run.test?.accuracy, run.source_only.test?.accuracy);
 */
export async function adapt(
  source: string,
  target: string,
  options: AdaptOptions = {},
): Promise<AdaptResultEvent> {
  checkAdaptOptions({ ...options });
  const machine = await openMachine();
  const { files } = machine.platform;
  const [from, to] = [files.resolve(source), files.resolve(target)];
  for (const [name, given, path] of [
    ["source", source, from],
    ["target", target, to],
  ] as const)
    if (!(await files.stat(path)))
      throw new EngraftError("DataError", `there is no ${name} at "${given}"`, {
        help: "engraft adapt <source> <target>: folders of pictures, or lists of texts",
      });
  const stem = (path: string): string =>
    (path.split(/[\\/]/).filter(Boolean).at(-1) ?? "data").replace(/\.\w+$/, "");
  const path =
    options.out === undefined
      ? await freeRunPath(machine.platform, `${stem(from)}-to-${stem(to)}`)
      : files.resolve(options.out);
  const { onEvent: _e, signal: _s, threads, out: _o, ...kept } = options;
  const started = {
    task: "adapt",
    command: commandLine(from, { ...kept }, path, { command: "adapt", target: to }),
    data: from,
    target: to,
    options: kept as RunManifest["options"],
    threads,
  } as const;
  return newRun(machine.platform, path, started, (run) => executeAdaptation(machine, run, options));
}

/**
 * Resumes an adaptation. A finished one returns its result again.
 * @deprecated use `resume(folder)`
 * @throws RunError when the folder holds none, or the data is not what it was started with
 */
export async function resumeAdapt(
  path: string,
  options: Pick<AdaptOptions, "onEvent" | "signal" | "threads"> = {},
): Promise<AdaptResultEvent> {
  const machine = await openMachine();
  const { files } = machine.platform;
  const folder = files.resolve(path);
  const opened = await RunFolder.open(machine.platform, folder);
  if (opened.manifest.task !== "adapt")
    throw new EngraftError("RunError", `"${path}" is a training, not an adaptation`, {
      help: `engraft train --resume ${path}`,
    });
  return files.withLock(
    folder,
    async () => {
      const run = await RunFolder.open(machine.platform, folder);
      const { status, result, threads } = run.manifest;
      if (status === "done" && result?.event === "result" && result.task === "domain-adaptation") {
        // The folder may have been moved or copied since.
        const here = { ...result, run: run.path, model: run.file("model") };
        options.onEvent?.(here);
        return here;
      }
      const kept = run.manifest.options as AdaptOptions;
      checkAdaptOptions({ ...kept });
      return executeAdaptation(machine, run, { ...kept, threads, ...options });
    },
    { what: `the run folder "${folder}"`, wait: 20_000 },
  );
}

async function executeAdaptation(
  machine: Machine,
  run: RunFolder,
  options: AdaptOptions,
): Promise<AdaptResultEvent> {
  const begin = performance.now();
  const { platform } = machine;
  const seed = options.seed ?? adaptDefaults.seed;
  const events: EngraftEvent[] = [];
  const record = recorder(run, options.onEvent);
  const keeps = progressKept();
  const onEvent: OnEvent = (said) => {
    const event = withMemory(said, platform);
    options.onEvent?.(event);
    if (!keeps(event)) return;
    events.push(event);
    record.write(event);
  };
  const { data, target, command } = run.manifest;
  const threads = options.threads ?? platform.cores();
  const opened = await RunRuntime.open(machine, run, threads, onEvent);
  const { runtime } = opened;
  try {
    onEvent({
      event: "start",
      command,
      version: engraftVersion,
      runtime: { name: runtime.name, version: runtime.version },
      run: run.path,
      seed,
      threads,
      machine: platform.machine(),
    });
    await opened.record();
    const { source, other, unit } = await openBoth(machine, data, target!, { ...options, seed, onEvent });
    for (const [role, domain] of [
      ["source", source],
      ["target", other],
    ] as const) {
      onEvent(domainEvent(role, domain, unit, seed));
      for (const { code, message } of domain.warnings) onEvent({ event: "warning", code, message });
    }
    const { domains, warnings } = fitTogether(source, other, unit);
    for (const { code, message } of warnings) onEvent({ event: "warning", code, message });
    await requireSame(run, `${source.fingerprint} ${other.fingerprint}`);
    const context = { run, options: { ...options, seed }, machine, platform, runtime, unit, seed, onEvent };
    const result = await adaptAndScore(context, domains, begin, events);
    await opened.recorded();
    return result;
  } catch (error) {
    record.write(ended(error));
    throw error;
  } finally {
    await record.end();
    await runtime.close();
  }
}

async function openBoth(machine: Machine, from: string, to: string, options: AdaptOptions) {
  const { platform } = machine;
  const { quotes } = options;
  const [text, otherText] = [
    await isTextList(platform, from, quotes),
    await isTextList(platform, to, quotes),
  ];
  if (text !== otherText) {
    const what = (is: boolean): string => (is ? "texts" : "pictures");
    throw new EngraftError("DataError", `the source holds ${what(text)}, the target ${what(otherText)}`, {
      at: `"${from}", "${to}"`,
      help: "give two domains of the same kind",
    });
  }
  let source: Domain;
  let other: Domain;
  // A pattern is of the target's names: its intervals are those that are told.
  const { groupFrom: _ofTarget, ...ofSource } = options;
  if (text) {
    requireForTexts(options);
    source = await openTextDomain(from, ofSource, platform);
    other = await openTextDomain(to, options, platform);
  } else {
    source = await openPictures(from, ofSource, platform);
    other = await openTargetPictures(to, source.classes, options, platform);
  }
  return { source, other, unit: text ? ("text" as const) : ("picture" as const) };
}

/** A run that goes on must see the data it was started with. */
async function requireSame(run: RunFolder, now: string): Promise<void> {
  await requireSameOptions(run);
  const { fingerprint } = run.manifest;
  if (fingerprint === undefined) await run.update({ fingerprint: now });
  else if (fingerprint !== now)
    throw new EngraftError("RunError", "the source or the target changed since the run was started", {
      at: run.path,
      help: "put the data back as it was, or start a new run with another --out",
      details: { before: fingerprint, now },
    });
}
