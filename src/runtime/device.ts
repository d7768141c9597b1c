import { EngraftError } from "../core/errors.js";

/** Where a runtime computes. */
export type Device = "cpu" | "webgpu" | "cuda";

/** Names of the devices. */
export const devices = ["cpu", "webgpu", "cuda"] as const satisfies readonly Device[];

/** A device, or "auto": the faster of the CPU and the GPU. */
export type DeviceChoice = Device | "auto";

/** Values of the option `device`. */
export const deviceChoices = ["auto", ...devices] as const satisfies readonly DeviceChoice[];

/** Why `auto` chose a device. */
export interface DeviceDecision {
  /**
   * faster, slower: the GPU in the measurement; failed: the measurement of the GPU, or it took too long; missing: there is no GPU that
   * WebGPU can use; software: its driver computes on the CPU.
   */
  readonly because: "faster" | "slower" | "failed" | "missing" | "software";
  readonly adapter?: string;
  /** Milliseconds of a training step of the measured network. */
  readonly milliseconds?: { readonly cpu: number; readonly webgpu: number };
}

/** Vulkan's and Direct3D's drivers that compute on the CPU. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|basic render driver/i;

/** True for an adapter that computes on the CPU. */
export const isSoftware = (adapter: string): boolean => software.test(adapter);

/** Lines of the Vulkan loader with the adapter in use: `Using "NVIDIA RTX A2000" with driver: "/usr/lib/…"`. */
const used = /Using "([^"]+)" with driver: "([^"]+)"/g;

/** Environment of a process whose Vulkan loader prints the adapter that it uses. */
export const printsAdapter: Readonly<Record<string, string>> = { VK_LOADER_DEBUG: "driver,layer" };

/** An adapter, as the driver's messages name it. */
export interface Adapter {
  /** "NVIDIA RTX A2000" */
  readonly name: string;
  /** File of the driver, if it is known. */
  readonly driver?: string;
}

/**
 * Returns the adapter in use; undefined if nothing names it, as with Metal and Direct3D.
 * @param printed what the driver printed
 */
export function adapterIn(printed: string): Adapter | undefined {
  const [, name, driver] = [...printed.matchAll(used)].at(-1) ?? [];
  return name === undefined ? undefined : { name, driver };
}

/** Cure for a machine without a usable GPU. */
const onCpu = "run on the CPU: --device cpu. The guide's page about GPUs says which drivers are needed";

/** Returns the error of a device that cannot be opened. @param words of the runtime */
export function noDevice(device: Device, words: string): EngraftError {
  const details = { device, onnxruntime: words };
  return device === "cuda"
    ? new EngraftError("DeviceError", "onnxruntime-node has no CUDA here", {
        help: "install its libraries: ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild onnxruntime-node; or choose --device webgpu or cpu",
        details,
      })
    : new EngraftError("DeviceError", "this machine has no GPU that WebGPU can use", {
        help: onCpu,
        details,
      });
}

/**
 * Why a GPU could not go on: `lost`: its driver or its process ended; `memory`: it has too little; `buffer`: one value is larger than a
 * buffer may be. Runs end for no other reason on a GPU.
 */
export type DeviceProblem = "lost" | "memory" | "buffer";

/** Returns the problem of a GPU that ended a run; undefined for any other error. */
export function problemOf(error: unknown): DeviceProblem | undefined {
  if (!(error instanceof EngraftError) || error.kind !== "DeviceError") return undefined;
  return error.details.problem as DeviceProblem | undefined;
}

/** Returns the error of a device whose process ended in the middle of a run. @param printed what its driver printed */
export function lostDevice(why: string, printed: string, cause?: unknown): EngraftError {
  return new EngraftError("DeviceError", `the GPU was lost: ${why}`, {
    help: "continue the run from its last checkpoint: engraft train --resume DIR --device cpu",
    details: { problem: "lost", why, printed: printed.slice(-2000) },
    cause,
  });
}
