import { EngraftError } from "../core/errors.js";
import type { Dataset } from "../data/index.js";
import { isSolved, isWithoutBase } from "../methods/registry.js";
import {
  type DistillOptions,
  type RecipeOptions,
  type TrainOptions,
  verdictSeeds,
} from "../options/options.js";
import { freeRunPath, type RunFolder } from "./folder/run-folder.js";
import type { Machine } from "./machine.js";
import { fromAnywhere } from "./moved-models.js";
import { newRun } from "./new-run.js";

/**
 * Makes the folder of a run and trains in it.
 * @param train trains from the last checkpoint, or from the first step
 * @param isDry the run ends where its training would begin, and its folder is removed
 * @throws DataError if there is no data at the path
 */
export async function startRun<Result>(
  machine: Machine,
  data: string | Dataset,
  given: TrainOptions,
  train: (run: RunFolder, options: TrainOptions) => Promise<Result>,
  isDry = false,
): Promise<Result> {
  const { baselines: _baselines, ...trainOptions } = given;
  const options = { ...trainOptions, ...resolveAutoOptions(given) };
  const { platform } = machine;
  const root = platform.files.resolve(typeof data === "string" ? data : data.root);
  if (typeof data === "string" && !(await platform.files.stat(root))) {
    throw new EngraftError("DataError", `there is no data at "${data}"`, {
      help: `${await (await import("../platform/nearest-path.js")).nearestPath(platform.files, data)}give a folder with one folder of pictures or sounds for each class, a folder of annotated pictures, or a list (CSV, TSV, JSONL, …): see the guide, Data`,
      details: { data },
    });
  }
  const path =
    options.out === undefined ? await freeRunPath(platform, root) : platform.files.resolve(options.out);
  const { onEvent: _e, signal: _s, threads, out: _o, base, ...others } = options;
  const { teacher } = others as Partial<DistillOptions>;
  const kept = {
    ...(base !== undefined && { base: await fromAnywhere(base, platform) }),
    ...others,
    ...(others.test !== undefined && { test: platform.files.resolve(others.test) }),
    ...(others.with !== undefined && { with: platform.files.resolve(others.with) }),
    ...(others.initFrom !== undefined && { initFrom: await fromAnywhere(others.initFrom, platform) }),
    ...(teacher !== undefined && { teacher: await fromAnywhere(teacher, platform) }),
  };
  return newRun(
    platform,
    path,
    { command: machine.command(root, kept, path), data: root, options: kept, threads },
    (run) => train(run, options),
    isDry,
  );
}

/** Resolves baselines and seeds that do not depend on the forecast; `auto` is decided later. */
function resolveAutoOptions(options: RecipeOptions): Pick<RecipeOptions, "baselines" | "seeds"> {
  const { safe, baselines, strategy, seeds, budget, with: source } = options;
  const requestedSeeds = seeds === undefined ? {} : { seeds };
  // The choice needs both models.
  if (safe === true) return { ...requestedSeeds, baselines: true };
  if (baselines === undefined) return requestedSeeds;
  // A solved model takes seconds, training from scratch minutes.
  if (baselines === "auto" && isSolved(strategy)) return { ...requestedSeeds, baselines: "quick" };
  // A model without a base is the same for every seed.
  const isSame = isWithoutBase(strategy) || source !== undefined;
  const several = baselines === true && budget === undefined && !isSame;
  return { baselines, ...(several && { seeds: verdictSeeds }), ...requestedSeeds };
}
