import { EngraftError } from "../core/errors.js";
import type { Task } from "../core/results/task.js";
import {
  type Capability,
  type CapabilityRow,
  capabilities,
  missingCapability,
} from "../methods/capabilities.js";
import { capabilitiesOf, nameOf, type TaskWithCapabilities } from "./task-capabilities.js";

/** What a task must have for a command. Every command that takes data or a model of a task has a row. */
export const commandNeeds = {
  train: [],
  compare: [],
  curve: ["pretrained"],
  plan: ["class batches"],
  diagnose: ["class batches"],
  rank: ["images", "class batches"],
  distill: ["images", "class batches"],
  "multi-task": ["images", "class batches"],
  adapt: ["class batches"],
  eval: [],
  predict: [],
  explain: [],
  export: [],
  report: [],
  push: [],
} as const satisfies Readonly<Record<string, readonly Capability[]>>;

/** @throws OptionError for a command that a task cannot use */
export function refuseCommand(command: keyof typeof commandNeeds, task: Task | TaskWithCapabilities): void {
  const missing = missingCapability(commandNeeds[command], new Set(capabilitiesOf(task)));
  if (missing === undefined) return;
  const { says }: CapabilityRow = capabilities[missing];
  throw new EngraftError("OptionError", `the command ${command} ${says}, and this is ${nameOf(task)}`, {
    help: "use train, or compare, which tries several strategies",
    details: { command, task: nameOf(task) },
  });
}
