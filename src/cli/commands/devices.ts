import { listDevices } from "../../api/devices.js";
import type { DeviceInfo } from "../../run/device/measure-device.js";
import type { Command } from "../command.js";
import type { OptionsOf } from "../options/options.js";
import { tableLines } from "../render/table-lines.js";

/** Lines below the table. */
const notes = [
  "Rate: float32 matrix products, in billions of operations a second.",
  "--device webgpu trains on the GPU; --device auto measures and takes the faster.",
] as const;

/** `engraft devices`: what can compute here. */
export const devices: Command<OptionsOf<"devices">> = async (_args, _options, { output }) => {
  const found = await listDevices();
  output.result({ devices: found }, [...table(found), "", ...notes]);
};

/** Only Vulkan's loader names its GPU. */
function adapterWords({ device, adapter, software }: DeviceInfo): string {
  if (device === "cpu") return "";
  if (adapter === undefined) return "GPU (name not available on this system)";
  return `${adapter}${software ? " (computes on the CPU)" : ""}`;
}

/** Returns the lines of the table of devices. */
export function table(found: readonly DeviceInfo[]): string[] {
  const cells = found.map((one) => [
    one.device,
    one.available ? `${one.gigaflops}` : "–",
    one.largest_tensor === undefined ? "–" : `${one.largest_tensor / 2 ** 20} MiB`,
    one.problem ?? adapterWords(one),
  ]);
  return tableLines(["device", "rate", "largest tensor", ""], cells, { left: 4 });
}
