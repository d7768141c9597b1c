import { requireBase } from "../../bases/open/locate.js";
import type { Task } from "../../core/results/task.js";
import { sourceOf } from "../../data/source.js";
import type { StrategyName } from "../../methods/registry.js";
import { defaults, type TrainOptions } from "../../options/options.js";
import { openToPredict } from "../../run/device/open-to-predict.js";
import type { Machine } from "../../run/machine.js";
import { openFrom } from "../open-from.js";
import { resolveTask } from "../registry.js";
import { taskTable } from "../task-table.js";

/**
 * Opens data and base as a training does, to compute features and nothing else. The caller closes the runtime.
 * @param how.strategy the task must have it @param how.folder for temporary files @param how.shard share of the samples. Default: all
 * @throws DataError, ModelError, OptionError
 */
export async function openToCompute(
  machine: Machine,
  data: string,
  options: Pick<TrainOptions, "base" | "seed" | "splitBy" | "gap" | "onEvent" | "signal">,
  how: { readonly strategy: StrategyName; readonly folder: string; readonly shard?: string | undefined },
) {
  const { platform } = machine;
  const { onEvent = () => undefined, signal } = options;
  const { strategy, folder, shard } = how;
  if (options.base !== undefined) await requireBase(options.base, platform);
  const source = sourceOf(platform, data, { ...options, shard });
  const task = (await resolveTask(machine, source, { ...options, strategy })) as Task;
  const runtime = await openToPredict(machine, options);
  try {
    const seed = options.seed ?? defaults.seed;
    const asked = { options, seed, onEvent, signal, whole: false, emptyParts: true, run: folder };
    const run = await taskTable[task].taskRun();
    const opened = await openFrom(run, source, { ...asked, platform: source.platform });
    const base = await run.base(opened, { ...asked, platform });
    const its = {
      run: { path: folder },
      options,
      machine: { ...machine, runtime },
      opened: base.opened,
      onEvent,
    };
    const { bound } = await run.bind(opened, base, { ...its, reopen: async () => base });
    const context = { ...its, ...bound, options };
    return { task, opened, base, context, seed, runtime };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
