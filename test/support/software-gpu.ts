// Chromium's Vulkan driver, which computes on the CPU, as the only GPU of this process's children.
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { findChromium } from "./chromium.js";

/** @throws Error if Chromium's package has no such driver */
export function useSoftwareGpu(): void {
  const folders = [dirname(realpathSync(findChromium())), "/usr/lib/chromium"];
  const folder = folders.find((one) => existsSync(join(one, "vk_swiftshader_icd.json")));
  if (folder === undefined)
    throw new Error(
      `no vk_swiftshader_icd.json in ${folders.join(" or ")}\n  help: it belongs to Debian's package chromium`,
    );
  process.env.VK_ICD_FILENAMES = join(folder, "vk_swiftshader_icd.json");
  // Chromium brings the Vulkan loader too; a system may have none.
  if (existsSync(join(folder, "libvulkan.so.1")))
    process.env.LD_LIBRARY_PATH = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
}
