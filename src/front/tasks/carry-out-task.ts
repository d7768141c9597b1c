import { EngraftError } from "../../core/errors.js";
import type { OnEvent, RegressionResultEvent, TableResultEvent } from "../../core/events.js";
import { PixelCache, type TableDataset, type TargetDataset } from "../../data/index.js";
import { openTable } from "../../data/open-table.js";
import { openTargets } from "../../data/open-targets.js";
import { columnNames } from "../../data/table-columns.js";
import { type Look, underway } from "../carry-out.js";
import type { Machine } from "../machine.js";
import { defaults, type TrainOptions } from "../options.js";
import type { RunFolder } from "../run-folder.js";
import { requireSameBase, requireSameData } from "../same.js";
import { openBody, splitCounts } from "../setup.js";
import { asPictures, regress } from "./regress.js";
import { trainTable } from "./train-table.js";

/** Carry out a run of numbers or of a table: as `carryOut` does for pictures with classes. */
export async function carryOutTask(
  machine: Machine,
  run: RunFolder,
  options: TrainOptions,
): Promise<RegressionResultEvent | TableResultEvent> {
  const { platform } = machine;
  const { task } = options;
  const seed = run.manifest.split_seed ?? options.seed ?? defaults.seed;
  const { data } = run.manifest;
  const targets = options.target === undefined ? undefined : columnNames("target", options.target);
  const common = {
    seed,
    platform,
    ...(targets && { targets }),
  };
  if (task === "image-regression") {
    const look: Look<TargetDataset> = async (onEvent, signal) =>
      told(await openTargets(data, { ...common, signal, onEvent }), onEvent);
    return underway(machine, run, options, look, async ({ given, runtime, begin, events, onEvent }) => {
      await requireSameData(run, asPictures(given));
      const opened = await openBody(options.base ?? defaults.base, { ...options, onEvent }, platform);
      await requireSameBase(run, opened);
      const decoded = PixelCache.for(given.items.length, opened.base.preprocessing);
      const context = { run, options, machine, platform, runtime, opened, decoded, onEvent };
      return regress({ ...context, dataset: asPictures(given) }, given, begin, events);
    });
  }
  if (task !== "tabular-classification" && task !== "tabular-regression")
    throw new EngraftError("InternalError", `there is no way to carry out ${task}`);
  const list = (option: "ignore" | "categories"): string[] | undefined =>
    options[option] === undefined ? undefined : columnNames(option, options[option]);
  const [ignore, categories] = [list("ignore"), list("categories")];
  const look: Look<TableDataset> = async (onEvent, signal) =>
    told(
      await openTable(data, {
        ...common,
        signal,
        task,
        ...(ignore && { ignore }),
        ...(categories && { categories }),
      }),
      onEvent,
    );
  return underway(machine, run, options, look, async ({ given, runtime, begin, events, onEvent }) => {
    const same = { ...given, classes: given.classes.length > 0 ? given.classes : [""] };
    await requireSameData(run, same);
    await run.settle();
    return trainTable({ run, options, machine, platform, runtime, dataset: given, onEvent }, begin, events);
  });
}

/** Say what the data is. */
function told<D extends TargetDataset | TableDataset>(dataset: D, onEvent: OnEvent): D {
  const { duplicates } = dataset;
  onEvent({
    event: "data",
    task: dataset.task,
    classes: "classes" in dataset ? dataset.classes : [],
    targets: dataset.targets,
    ...("facts" in dataset && { table: dataset.facts }),
    split: splitCounts(dataset),
    split_words: dataset.splitWords,
    skipped: dataset.skipped,
    duplicates: { exact: duplicates.exact, near: duplicates.near, across_parts: duplicates.acrossParts },
    fingerprint: dataset.fingerprint,
  });
  for (const { code, message } of dataset.warnings) onEvent({ event: "warning", code, message });
  return dataset;
}
