import { engraftVersion } from "../core/version.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Machine } from "./machine.js";

/** Returns a device with the name of its GPU: "webgpu (NVIDIA RTX A2000)". */
export const deviceName = ({ device, adapter }: Pick<Runtime, "device" | "adapter">): string =>
  adapter === undefined ? device : `${device} (${adapter})`;

/** Returns the part of a cache key that the runtime's bits depend on. */
export const runtimeKey = ({
  name,
  version,
  ...where
}: Pick<Runtime, "name" | "version" | "device" | "adapter">): string =>
  `${name} ${version}${where.device === "cpu" ? "" : ` on ${deviceName(where)}`}`;

/** The versions that a run's result depends on: Engraft's own first, then the machine's. */
export async function usedVersions(
  platform: Platform,
  runtime: Pick<Runtime, "name" | "version" | "device" | "adapter">,
): Promise<Readonly<Record<string, string>>> {
  return {
    engraft: engraftVersion,
    ...platform.versions(),
    [runtime.name]: runtime.version,
    decoder: await platform.pictures.version(),
    ...(runtime.device !== "cpu" && { device: deviceName(runtime) }),
  };
}

/** Returns the versions of Engraft and of the runtime that trains. */
export async function runtimeVersions(machine: Machine): Promise<Readonly<Record<string, string>>> {
  const runtime = await machine.openRuntime({ threads: 1 });
  const { name, version } = runtime;
  await runtime.close();
  return { engraft: engraftVersion, [name]: version };
}
