import type { Task } from "../../core/task.js";
import type { Dataset } from "../../data/index.js";
import type { Machine } from "../machine.js";
import type { TrainOptions } from "../options.js";
import { planOn } from "./plan.js";

/** What is told of the options a strategy of plan's choice cannot be told. */
const solvedWithout = ["lr", "accumulate", "sam", "average", "sampling", "option"] as const;

/** `auto` replaced by what a plan for this base says, with its reasons: the run's record holds those, not "auto". */
export async function decided(
  machine: Machine,
  data: string | Dataset,
  task: Task,
  options: TrainOptions,
): Promise<TrainOptions> {
  const { strategy: _s, reasons: _r, out: _o, adapterOnly: _a, tensorboard: _t, onEvent, ...told } = options;
  const base = told.base ?? (task === "text-classification" ? "text-mini" : "vision-mini");
  const { strategy } = await planOn(machine, data, {
    ...told,
    ...(typeof data === "string" && { task }),
    base,
    // The run says the rest itself.
    onEvent: (event) => {
      if (event.event === "progress") onEvent?.(event);
    },
  });
  const chosen: TrainOptions = { ...options, strategy: strategy.name, reasons: strategy.reasons };
  if (strategy.name !== "probe") return chosen;
  return Object.fromEntries(
    Object.entries(chosen).filter(([name]) => !(solvedWithout as readonly string[]).includes(name)),
  );
}
