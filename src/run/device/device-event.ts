import type { DeviceEvent } from "../../core/events/events.js";
import type { Device, DeviceDecision } from "../../runtime/device.js";
import type { Runtime } from "../../runtime/runtime.js";

/** Returns the event that says where a run computes. */
export function deviceEvent(runtime: Pick<Runtime, "device" | "adapter" | "decision">): DeviceEvent {
  const { device, decision } = runtime;
  const adapter = runtime.adapter ?? decision?.adapter;
  const { milliseconds } = decision ?? {};
  return {
    event: "device",
    device,
    ...(adapter !== undefined && { adapter }),
    ...(milliseconds && { milliseconds }),
    words: deviceWords(device, adapter, decision),
  };
}

function deviceWords(device: Device, adapter = "the GPU", decision?: DeviceDecision): string {
  const where = { cpu: "CPU", webgpu: `${adapter}, by WebGPU`, cuda: "GPU, by CUDA" }[device];
  if (!decision) return where;
  const { because, milliseconds: ms } = decision;
  if (because === "missing") return `${where}: there is no GPU that WebGPU can use`;
  if (because === "software") return `${where}: ${adapter} computes on the CPU`;
  if (because === "failed")
    return `${where}: ${adapter} did not finish the training steps of a small network`;
  const [own, other] = device === "cpu" ? [ms!.cpu, ms!.webgpu] : [ms!.webgpu, ms!.cpu];
  const round = (value: number): string => String(Number(value.toPrecision(2)));
  return `${where}: a training step of a small network takes ${round(own)} ms, on the ${device === "cpu" ? "GPU" : "CPU"} ${round(other)} ms`;
}
