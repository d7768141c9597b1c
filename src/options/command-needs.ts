import { EngraftError } from "../core/errors.js";
import type { Task } from "../core/results/task.js";
import {
  type Capability,
  type CapabilityRow,
  capabilities,
  missingCapability,
} from "../methods/capabilities.js";
import { capabilitiesOf, nameOf, type TaskWithCapabilities } from "./task-capabilities.js";

/** Capabilities that a command needs of a task. Every command that takes data or a model has a row. */
export const commandNeeds = {
  train: [],
  compare: [],
  curve: ["pretrained"],
  diagnose: ["image or text classes"],
  rank: ["class batches"],
  federate: ["class batches"],
  distill: ["class batches"],
  "multi-task": ["class batches"],
  adapt: ["class batches"],
  eval: [],
  predict: [],
  explain: [],
  export: [],
  report: [],
  push: [],
} as const satisfies Readonly<Record<string, readonly Capability[]>>;

/** Refuses a command that a task cannot use. @throws OptionError */
export function refuseCommand(command: keyof typeof commandNeeds, task: Task | TaskWithCapabilities): void {
  const missing = missingCapability(commandNeeds[command], new Set(capabilitiesOf(task)));
  if (missing === undefined) return;
  const { says }: CapabilityRow = capabilities[missing];
  throw new EngraftError("OptionError", `the command ${command} ${says}, and this is ${nameOf(task)}`, {
    help: "use train, or compare, which tries several strategies",
    details: { command, task: nameOf(task) },
  });
}
