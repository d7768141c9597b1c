// Chromium's Vulkan driver, which computes on the CPU, as the only GPU of this process and its children.
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findChromium } from "./chromium.js";

/** @throws Error if Chromium's package has no such driver */
export function useSoftwareGpu(): void {
  const folders = [dirname(realpathSync(findChromium())), "/usr/lib/chromium"];
  const file = folders.map((folder) => join(folder, "vk_swiftshader_icd.json")).find(existsSync);
  if (file === undefined)
    throw new Error(
      `no vk_swiftshader_icd.json in ${folders.join(" or ")}\n  help: it belongs to Debian's package chromium`,
    );
  process.env.VK_ICD_FILENAMES = file;
}
