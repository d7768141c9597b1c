import { EngraftError } from "../../core/errors.js";
import type { AdaptResultEvent } from "../../core/events/events.js";
import { isTextList } from "../../data/texts/index.js";
import { commandLine } from "../../run/command-line.js";
import { type Look, underway } from "../../run/execute-run.js";
import { requireSameOptions } from "../../run/folder/require-same.js";
import { freeRunPath, type RunFolder, type RunManifest } from "../../run/folder/run-folder.js";
import { type Machine, openMachine } from "../../run/machine.js";
import { newRun } from "../../run/new-run.js";
import { resumeRun } from "../../run/resume-run.js";
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
  return resumeRun<AdaptResultEvent>(machine.platform, path, {
    check: ({ manifest: { task } }) => {
      if (task === "adapt") return;
      throw new EngraftError("RunError", `"${path}" is a training, not an adaptation`, {
        help: `engraft train --resume ${path}`,
      });
    },
    resultIn: ({ result }) =>
      result?.event === "result" && result.task === "domain-adaptation" ? result : undefined,
    execute: (run) => {
      const { threads, options: kept } = run.manifest;
      checkAdaptOptions({ ...kept });
      return executeAdaptation(machine, run, { ...(kept as AdaptOptions), threads, ...options });
    },
    ...{ threads: options.threads, onEvent: options.onEvent },
  });
}

async function executeAdaptation(
  machine: Machine,
  run: RunFolder,
  options: AdaptOptions,
): Promise<AdaptResultEvent> {
  const { platform } = machine;
  const { data, target } = run.manifest;
  const seed = options.seed ?? adaptDefaults.seed;
  const look: Look<Awaited<ReturnType<typeof openBoth>>> = async (onEvent, signal) => {
    const both = await openBoth(machine, data, target!, { ...options, seed, onEvent, signal });
    onEvent(domainEvent("source", both.source, both.unit, seed));
    for (const one of both.source.warnings) onEvent({ event: "warning", ...one });
    onEvent(domainEvent("target", both.other, both.unit, seed));
    for (const one of both.other.warnings) onEvent({ event: "warning", ...one });
    return both;
  };
  return underway(
    machine,
    run,
    { ...options, seed },
    look,
    async ({ given, runtime, begin, events, onEvent }) => {
      const { source, other, unit } = given;
      const { domains, warnings } = fitTogether(source, other, unit);
      for (const one of warnings) onEvent({ event: "warning", ...one });
      await requireSame(run, `${source.fingerprint} ${other.fingerprint}`);
      const context = { run, options: { ...options, seed }, machine, platform, runtime, unit, seed, onEvent };
      return adaptAndScore(context, domains, begin, events);
    },
  );
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
