import { EngraftError } from "../../core/errors.js";
import type { AdaptResultEvent, OnEvent, SourceFreeResultEvent } from "../../core/events/events.js";
import { adaptationOf, methodOf } from "../../methods/adapt/index.js";
import { isSourceFree } from "../../methods/adapt/registry.js";
import { type LoadData, withOpenedRun } from "../../run/execute-run.js";
import { requireSameBase, requireSameData } from "../../run/folder/require-same.js";
import type { RunFolder } from "../../run/folder/run-folder.js";
import { type Machine, openMachine } from "../../run/machine.js";
import { resumedOptions, resumeRun } from "../../run/resume-run.js";
import { classesHead, classText, type OfClasses } from "../../run/training/head-of-classes.js";
import { adaptAndScore } from "./adapt-and-score.js";
import { finishCheck, holdOutCheck } from "./check-samples.js";
import { type Domain, type Domains, domainEvent, jointDataset, matchDomains } from "./domain.js";
import { domainKinds, requireForUnit, unitAt } from "./domain-kinds.js";
import { openNetwork } from "./domain-network.js";
import { type AdaptOptions, adaptDefaults, checkAdaptOptions } from "./options.js";
import { startAdaptation } from "./start-adaptation.js";

/**
 * Adapts a model from a labelled source to an unlabelled target.
 *
 * Trains on the source only and with a method of adaptation. Chooses epoch and trade-off without target labels. Measures the
 * distance of the domains before and after. Target labels, if any, are used only for the final scores.
 *
 * @param source labelled pictures or sounds as for `train`, or a CSV, TSV or JSONL of texts with `text,label[,split]`
 * @param target data in the same form, or a folder of pictures or sounds (a list of texts) without labels
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
  for (const [name, path] of Object.entries({ source, target }))
    if (!(await files.stat(files.resolve(path))))
      throw new EngraftError("DataError", `there is no ${name} at "${path}"`, {
        help: "engraft adapt <source> <target>: folders or lists of pictures, sounds or texts",
      });
  return startAdaptation(machine, source, target, options, executeAdaptation);
}

/**
 * Resumes an adaptation from data or of a model. A finished one returns its result again, with the labels that were filled in for its
 * check.
 * @deprecated use `resume(folder)`
 * @throws RunError if the folder holds no adaptation, or if data or base have changed
 */
export async function resumeAdapt(
  path: string,
  now: Pick<AdaptOptions, "onEvent" | "signal" | "threads" | "device"> = {},
): Promise<AdaptResultEvent | SourceFreeResultEvent> {
  const machine = await openMachine();
  return resumeRun<AdaptResultEvent | SourceFreeResultEvent>(machine.platform, path, {
    kinds: ["adapt"],
    resultIn: ({ result }) =>
      result?.event === "result" &&
      (result.task === "domain-adaptation" || result.task === "source-free-adaptation")
        ? result
        : undefined,
    execute: async (run) => {
      const { threads, options } = run.manifest;
      const { method } = options as AdaptOptions;
      if (method !== undefined && isSourceFree(method)) {
        const { executeModelAdaptation } = await import("../source-free/adapt-model.js");
        return executeModelAdaptation(machine, run, resumedOptions({ ...options, method }, threads, now));
      }
      checkAdaptOptions({ ...options });
      return executeAdaptation(machine, run, resumedOptions(options as AdaptOptions, threads, now));
    },
    filledIn: async (run, result) =>
      result.task === "domain-adaptation" ? finishCheck(machine, run, result) : result,
    threads: now.threads,
    onEvent: now.onEvent,
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
  const loadData: LoadData<OpenedDomains> = (onEvent, signal) =>
    openDomains(machine, data, target!, { ...options, seed, onEvent, signal });
  return withOpenedRun(machine, run, { ...options, seed }, loadData, async (under) => {
    const { given, runtime, begin, events, onEvent } = under;
    const { domains: matched, warnings } = matchDomains(given);
    for (const one of warnings) onEvent({ event: "warning", ...one });
    const ofId = new Map(matched.target.items.map((item) => [item.id, item]));
    const drawn = given.drawn?.map((id) => ofId.get(id)!);
    const domains = drawn ? { ...matched, labelled: false } : matched;
    const dataset = jointDataset(domains, seed);
    await requireSameData(run, dataset, (item) => classText(item, dataset));
    const {
      bag,
      defaults: trains,
      ...network
    } = await openNetwork(domains, { ...options, seed, onEvent }, { platform, run: run.path });
    await requireSameBase(run, network.opened);
    await run.settle();
    const { method = adaptDefaults.method, option = {}, check: _check, ...others } = options;
    const context: OfClasses = {
      run,
      machine: { ...machine, runtime },
      dataset,
      onEvent,
      ...network,
      training: { head: classesHead(dataset), ...(trains && { defaults: trains }) },
      options: { augment: adaptDefaults.augment, ...others, seed, strategy: "finetune" },
    };
    const adaptation = { domains, method: methodOf(method), requested: method, option, bag, check: drawn };
    return adaptationOf(method).maps
      ? (await import("./map-and-score.js")).mapAndScore(context, adaptation, begin, events)
      : adaptAndScore(context, adaptation, begin, events);
  });
}

/** Source and target before they are matched. */
type OpenedDomains = Pick<Domains, "unit" | "source" | "target"> & {
  /** Ids of the target's samples for the option `check`. */
  readonly drawn?: readonly string[] | undefined;
};

/** Opens source and target, and reports them. */
async function openDomains(
  { platform }: Machine,
  from: string,
  to: string,
  options: AdaptOptions & { readonly seed: number; readonly onEvent: OnEvent },
): Promise<OpenedDomains> {
  const { seed, check, onEvent } = options;
  const unit = await unitAt(platform, from, options);
  const other = await unitAt(platform, to, options);
  if (unit !== other)
    throw new EngraftError("DataError", `the source holds ${unit}s, the target ${other}s`, {
      at: `"${from}", "${to}"`,
      help: "give two domains of the same kind",
    });
  requireForUnit(unit, options);
  const kind = domainKinds[unit];
  // The pattern of groups applies to the target only, whose scores get the intervals.
  const { groupFrom: _ofTarget, ...ofSource } = options;
  const source = await kind.source(from, ofSource, platform);
  const opened = await kind.target(to, source.classes, options, platform);
  const { target, drawn } =
    check === undefined ? { target: opened, drawn: undefined } : holdOutCheck(unit, opened, check, seed);
  for (const [role, domain] of Object.entries({ source, target }) as ["source" | "target", Domain][]) {
    onEvent(domainEvent(role, domain, unit, seed));
    for (const one of domain.warnings) onEvent({ event: "warning", ...one });
  }
  return { unit, source, target, drawn };
}
