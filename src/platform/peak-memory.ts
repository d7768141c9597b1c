import { readFileSync } from "node:fs";
import { platform } from "node:os";

const inMb = (kib: number): number => Math.round((kib * 1024) / 1e6);

/**
 * Returns the peak memory of this process, MB. On Linux by its own high-water mark: the kernel's `maxRSS` starts at
 * that of the parent process, so the child of a large process would look as large.
 */
export function peakMb(): number {
  if (platform() === "linux") {
    try {
      const [, own] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
      if (own !== undefined) return inMb(Number(own));
    } catch {
      // Without /proc, use the other number, which exists everywhere.
    }
  }
  return inMb(process.resourceUsage().maxRSS);
}
