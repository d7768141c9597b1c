import type { Capability } from "../../methods/capabilities.js";
import type { CustomTaskRow } from "../registry.js";
import type { TaskParts } from "./task-parts.js";

/** Capabilities of every task of {@link defineTask}: its network is made for the data, and the run has baselines. */
const commonCapabilities = [
  ...(["dataset", "explanations", "scratch", "task", "budget", "repeats", "verdict", "safe"] as const),
] as const satisfies readonly Capability[];

/**
 * Defines a new task by its parts. The common pipeline trains it.
 *
 * Everything that takes a run or a model folder works: load, evaluate, explain, the report, the model card, compare, curve.
 *
 * @example
 * const machine = withTasks(await openMachine(), defineTask(sensors));
 * const run = await trainOn(machine, "series.csv", { task: "custom-sensor-levels" });
 */
export function defineTask<Input>(parts: TaskParts<Input>): CustomTaskRow {
  const { name, samples, capabilities = [] } = parts;
  return {
    name,
    samples,
    capabilities: [...commonCapabilities, ...capabilities],
    ...(parts.recognizes && { recognizes: parts.recognizes }),
    train: async (machine, run, options, given) => {
      const { customRun } = await import("./custom-run.js");
      return (await import("../execute-task.js")).executeTask(customRun(parts), machine, run, options, given);
    },
    load: async (...folder) => (await import("./custom-model.js")).openCustomModel(parts, ...folder),
    evaluate: async (...given) => (await import("./custom-model.js")).evaluateCustom(parts, ...given),
    explain: async (machine, runtime, dir, _task, options) =>
      (await import("./explain-custom.js")).explainerOfCustom(parts, machine, runtime, dir, options),
    inspect: async (...given) => {
      const { customRun } = await import("./custom-run.js");
      return (await import("../execute-task.js")).inspectTask(customRun(parts), ...given);
    },
    openSamples: async (...given) => {
      const { customRun } = await import("./custom-run.js");
      return (await import("../execute-task.js")).openSamples(customRun(parts), ...given);
    },
  };
}
