import { type DeviceInfo, measureDevice } from "../run/device/measure-device.js";
import { devices } from "../runtime/device.js";
import { nodeRuntime } from "../runtime/ort-node.js";

export type { DeviceInfo };

/**
 * Returns the devices that `device` can name, each opened and measured: a few seconds.
 *
 * @returns "cpu", "webgpu" and "cuda"; one that cannot be used says why
 * @example
 * for (const { device, available, adapter, gigaflops } of await listDevices()) console.log(device, available, adapter, gigaflops);
 */
export async function listDevices(): Promise<readonly DeviceInfo[]> {
  const found: DeviceInfo[] = [];
  // One after the other: each is measured alone.
  for (const device of devices) found.push(await measureDevice(device, (on) => nodeRuntime({ device: on })));
  return found;
}
