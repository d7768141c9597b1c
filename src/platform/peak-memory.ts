import { readFileSync } from "node:fs";
import { platform } from "node:os";

const inMb = (kib: number): number => Math.round((kib * 1024) / 1e6);

/**
 * Most memory of this process so far, MB. On Linux by its own high water mark: what the kernel hands out as `maxRSS` begins with
 * that of the process that started it, so that the child of a large process would look as large.
 */
export function peakMb(): number {
  if (platform() === "linux") {
    try {
      const [, own] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
      if (own !== undefined) return inMb(Number(own));
    } catch {
      // No /proc: the other number is there everywhere.
    }
  }
  return inMb(process.resourceUsage().maxRSS);
}
