import {
  type EngraftManifest,
  type ModelFolderContent,
  writeModelFolder,
} from "../bases/model-folder/model-folder.js";
import { type Identified, samplePartsOf } from "../bases/model-folder/sample-parts.js";
import type { EngraftEvent } from "../core/events/events.js";
import type { Sample } from "../data/index.js";
import type { Context } from "./context.js";
import type { RunManifest } from "./folder/run-manifest.js";
import { keepReport } from "./report/keep-report.js";
import { type TestPrediction, writePredictions } from "./test-predictions.js";

/** The data of a run, as its model folder names it. */
export interface RunData {
  readonly root: string;
  readonly fingerprint: string;
  readonly testFingerprint: string;
  readonly items: Iterable<Identified & Pick<Sample, "part">>;
}

type SavedResult = NonNullable<RunManifest["result"]> &
  Pick<EngraftManifest, "base" | "strategy" | "split" | "hidden"> & { readonly model: string };

/** A result with everything that a task says about it. */
export interface SavedRun {
  readonly data: RunData;
  readonly result: SavedResult;
  /** Files of the model folder, without those that every run has. */
  readonly content: Pick<
    ModelFolderContent,
    "onnx" | "predicts" | "classes" | "config" | "preprocessing" | "files"
  >;
  /** Fields of `engraft.json` that depend on the task. */
  readonly engraft: Omit<
    EngraftManifest,
    "format" | "base" | "strategy" | "versions" | "split" | "data" | "seed"
  >;
  /** Text of the model card. */
  readonly card: string;
  /** Returns the page of the run. */
  readonly render: () => Promise<string>;
  /** Predictions for the test samples. Missing: the task writes none. */
  readonly predictions?: readonly TestPrediction[];
  /** Other trainings follow: the run is not done. Default false. */
  readonly unfinished?: boolean;
}

/** Writes the model folder, the report, and last the result. The run is done when its explanations are written too. */
export async function saveRun(
  {
    run,
    machine,
    opened,
    besides: { samples = [], sums } = {},
    onEvent,
  }: Pick<Context, "run" | "machine" | "opened" | "besides" | "onEvent">,
  { data, result, content, engraft, card, render, predictions = [], unfinished = false }: SavedRun,
): Promise<void> {
  const { task, test, ...more } = engraft;
  const { base, strategy, split, hidden } = result;
  const { licenseText } = opened.base;
  const { platform } = machine;
  await run.requireInPlace();
  await platform.files.remove(result.model);
  const model = writeModelFolder(platform, result.model, {
    ...content,
    card,
    ...(licenseText !== undefined && { license: licenseText }),
    // Without all of them, an evaluation would take learnt samples for new ones.
    samples:
      sums && !sums.samples ? undefined : { ...sums?.samples, ...samplePartsOf([...samples, ...data.items]) },
    engraft: {
      format: 1,
      task,
      base,
      strategy,
      ...(hidden !== undefined && { hidden }),
      versions: run.manifest.versions,
      split,
      data: { fingerprint: data.fingerprint, test_fingerprint: data.testFingerprint },
      ...(test && { test }),
      seed: split.seed,
      ...more,
    },
  });
  const report = keepReport(machine, run, render, onEvent);
  // In parallel; the first error is thrown when both have ended.
  const [written] = await Promise.allSettled([model, report]);
  if (written.status === "rejected") throw written.reason;
  await report;
  await writePredictions(platform.files, run.path, predictions);
  await (unfinished ? run.update({ result }) : run.complete(result));
}

/** What the page and the card of a run are written from. */
export function reportOf<Result>(
  { run: { manifest } }: Pick<Context, "run">,
  root: string,
  result: Result,
  events: readonly EngraftEvent[],
) {
  const { command, versions } = manifest;
  return { title: root.split(/[\\/]/).filter(Boolean).at(-1) ?? "run", result, events, command, versions };
}
