import { EngraftError } from "../../core/errors.js";
import type { TrainOptions } from "../../options/options.js";
import { runtimeVersions } from "../../run/versions.js";
import type { TaskMachine } from "../../tasks/registry.js";
import type { Listener } from "../many-runs.js";
import { machineError } from "./attempts.js";
import { requireRightClock } from "./right-clock.js";
import type { Study } from "./study.js";

/**
 * Checks that this machine has what the study was prepared with. What is missing here may be there on another machine.
 * @param data their path on this machine
 * @throws MachineError
 */
export async function requireRightMachine(
  machine: TaskMachine,
  study: Study,
  data: string,
  listener: Listener,
): Promise<void> {
  await requireSameVersions(machine, study);
  await requireRightClock(machine.platform, study.path);
  try {
    await study.inspect(data, listener);
  } catch (error) {
    // The study was prepared with this data and base, so they are at fault here alone.
    throw error instanceof EngraftError && error.kind !== "Interrupted" ? machineError(error) : error;
  }
}

/** Results of other versions may differ, so each training of a study has the same ones. */
async function requireSameVersions(machine: TaskMachine, { path, shared }: Study): Promise<void> {
  const { versions: before } = shared;
  if (before === undefined) return;
  const now = await runtimeVersions(machine);
  const others = Object.keys(before).filter((name) => before[name] !== now[name]);
  if (others.length === 0) return;
  const words = (of: Readonly<Record<string, string>>, names = others): string =>
    names.map((name) => `${name} ${of[name] ?? "(missing)"}`).join(", ");
  throw new EngraftError(
    "MachineError",
    `the study was prepared with ${words(before)}, and this machine has ${words(now)}`,
    { at: path, help: `npm install ${others.map((name) => `${name}@${before[name]}`).join(" ")}` },
  );
}

/** True if a training does not fit into this machine's memory. A limit that the study sets is the same on every machine. */
export const lacksMemory = (
  { kind, details }: EngraftError,
  { memoryLimit }: Partial<TrainOptions>,
): boolean => kind === "OptionError" && "available" in details && memoryLimit === undefined;

/** Returns the error of a machine whose memory is too small for a training. */
export const outOfMemory = ({ message }: EngraftError, jobs: number): EngraftError =>
  new EngraftError("MachineError", `this machine is too small for a training: ${message}`, {
    help:
      jobs > 1
        ? "give fewer --jobs, which share the memory, or start the worker on a larger machine"
        : "start the worker on a machine with more memory",
  });
