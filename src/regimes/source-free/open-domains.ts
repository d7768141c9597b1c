import { partIn, wasLearnt } from "../../bases/model-folder/sample-parts.js";
import { EngraftError } from "../../core/errors.js";
import type { Part } from "../../core/events/events.js";
import type { ClassSample, Dataset } from "../../data/index.js";
import { isSolved } from "../../methods/registry.js";
import { quoted } from "../../methods/sums/feature-sums.js";
import type { Machine } from "../../run/machine.js";
import { openFrom } from "../../tasks/open-from.js";
import { dataOfRun, nameOfStrategy } from "../../tasks/sums/open-sources.js";
import type { OpenHow } from "../../tasks/task-run.js";
import { taskTable } from "../../tasks/task-table.js";
import { type Domain, domainEvent } from "../adaptation/domain.js";
import { domainKinds } from "../adaptation/domain-kinds.js";
import type { OpenedModel } from "./open-model.js";
import type { AdaptModelOptions } from "./options.js";

/** Samples of the source that a model has not learnt from, and others that only show how the domain looks. */
export interface OpenedSource {
  /** Their classes are known, and the model's weights have not seen them. */
  readonly held: readonly ClassSample[];
  /** Samples whose features say how the source is distributed. */
  readonly shown: readonly ClassSample[];
  /** Samples that a linear probe learnt from: heads of folds predict for them. Missing for another model. */
  readonly learnt?: Readonly<Record<"train" | "validation", readonly ClassSample[]>>;
}

/** The target, and the source as far as it is still there. */
export interface OpenedDomains {
  readonly target: Domain;
  readonly source: OpenedSource | undefined;
  /** Why there is no source. */
  readonly missing?: string;
}

/** Opens the target, and the data that the model was trained on. */
export async function openDomains(
  { platform }: Machine,
  model: OpenedModel,
  path: string,
  { method, ...options }: AdaptModelOptions & Pick<OpenHow, "onEvent" | "seed" | "signal" | "run">,
): Promise<OpenedDomains> {
  const { onEvent, seed, signal, run } = options;
  const how: OpenHow = {
    platform,
    options: { ...options, signal },
    seed,
    signal,
    run,
    whole: false,
    onEvent: (event) => {
      if (event.event === "progress") onEvent(event);
    },
  };
  const given = { ...options, signal, seed, onlyScored: true };
  const found = await domainKinds[model.unit].target(path, model.classes, given, platform);
  // Every sample is adapted to and scored: there is no split.
  const items = found.items.map((item) => ({ ...item, part: "test" as const }));
  const opened: Domain = { ...found, items, splitWords: "", splitMessages: [] };
  requireTarget(opened, model);
  const target = withoutLearnt(opened, model);
  requireEnough(target, model);
  onEvent(domainEvent("target", target, model.unit, seed));
  for (const one of target.warnings) onEvent({ event: "warning", ...one });
  // SHOT needs no source.
  if (method !== "label-shift") return { target, source: undefined };
  return { target, ...(await openSource(model, how)) };
}

/** Fewest target samples: shares and centroids of fewer are chance. */
const fewest = 8;

/** @throws DataError for a target with classes that the model does not know, or that is the data of the model */
function requireTarget({ root, items, classes }: Domain, model: OpenedModel): void {
  const foreign = classes.filter((name) => !model.classes.includes(name));
  if (foreign.length > 0)
    throw new EngraftError(
      "DataError",
      `the target has ${foreign.length === 1 ? "a class" : `${foreign.length} classes`} that the model does not know: ${quoted(foreign.slice(0, 8))}`,
      {
        at: root,
        help: `the model's are ${quoted(model.classes.slice(0, 8))}: give the target's the same names, or give the target without labels`,
        details: { foreign, classes: model.classes },
      },
    );
  const shared = items.filter((item) => partIn(model.samples ?? {}, item)).length;
  if (2 * shared > items.length)
    throw new EngraftError(
      "DataError",
      `the model was trained or tested on ${shared} of the target's ${items.length} ${model.unit}s`,
      {
        at: root,
        help: "give new data: a model is adapted to samples that it has not seen",
        details: { shared },
      },
    );
}

/** @throws DataError for a target with few samples, without those that the model has learnt */
function requireEnough({ root, items, warnings }: Domain, { unit }: OpenedModel): void {
  if (items.length >= fewest) return;
  const leftOut = warnings.find(({ code }) => code === "shared_items");
  throw new EngraftError(
    "DataError",
    `the target has ${items.length === 1 ? `1 ${unit}` : `${items.length} ${unit}s`}${leftOut ? ` that the model has not learnt from` : ""}`,
    {
      at: root,
      help: `at least ${fewest} are needed to estimate its classes, better some hundreds`,
      details: { samples: items.length },
    },
  );
}

/** Returns the target without the samples that the model was trained or chosen on: their scores would be too good. */
function withoutLearnt(target: Domain, { samples = {}, unit }: OpenedModel): Domain {
  const items = target.items.filter((item) => !wasLearnt(samples, item));
  const learnt = target.items.length - items.length;
  if (learnt === 0) return target;
  const message = `${learnt} of the target's ${target.items.length} ${unit}s are left out: the model was trained or chosen on them`;
  return { ...target, items, warnings: [...target.warnings, { code: "shared_items", message }] };
}

/** Opens the data of the model's run. The source is missing if they are gone, or were changed. */
async function openSource(
  { task, manifest, samples }: OpenedModel,
  how: OpenHow,
): Promise<Pick<OpenedDomains, "source" | "missing">> {
  if (!manifest)
    return { source: undefined, missing: "the folder of the run that trained the model is not here" };
  const run = await taskTable[task].taskRun();
  const data = await dataOfRun(
    manifest,
    {
      data: async (path, asThen) => (await openFrom(run, path, asThen)) as unknown as Dataset,
      united: () => Promise.reject(new EngraftError("DataError", "an extended model has several sources")),
    },
    how,
  );
  if (data === undefined || !("classes" in data))
    return {
      source: undefined,
      missing: (await how.platform.files.stat(manifest.data))
        ? `the data of the model's run cannot be read as they were then: "${manifest.data}"`
        : `the data of the model's run are not at "${manifest.data}"`,
    };
  const items = data.items as readonly ClassSample[];
  // A solved head was fitted on the validation split too; its backbone has seen no sample.
  const strategy = nameOfStrategy(manifest);
  const solved = isSolved(strategy);
  const partOf = (item: ClassSample) => partIn(samples ?? {}, item) ?? item.part;
  const of = (part: Part) => items.filter((one) => partOf(one) === part);
  const held = solved ? of("test") : [...of("validation"), ...of("test")];
  return {
    source: {
      held,
      shown: solved ? items : held,
      ...(strategy === "probe" && { learnt: { train: of("train"), validation: of("validation") } }),
    },
  };
}
