import { engraftVersion } from "../core/version.js";
import type { Platform } from "../platform/platform.js";
import type { Runtime } from "../runtime/runtime.js";

/** The versions that a run's result depends on: Engraft's own first, then the machine's. */
export async function usedVersions(
  platform: Platform,
  runtime: Pick<Runtime, "name" | "version">,
): Promise<Readonly<Record<string, string>>> {
  return {
    engraft: engraftVersion,
    ...platform.versions(),
    [runtime.name]: runtime.version,
    decoder: await platform.pictures.version(),
  };
}
