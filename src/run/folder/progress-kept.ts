import type { EngraftEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";

/** Least seconds between two words of progress that are kept, and the least share of a phase's time so far. */
const [least, share] = [1, 1 / 200] as const;

/**
 * Which events a run's record keeps: all but progress, and of that the first and the last word of each phase and one at
 * least max(1 s, 0.5 % of the phase so far) after the one before. N seconds leave about 200 (1 + ln(N / 200)) lines.
 * @param now milliseconds
 */
export function progressKept(now: () => number = () => performance.now()): (event: EngraftEvent) => boolean {
  let phase = "";
  let begun = 0;
  let last = 0;
  return (event) => {
    if (event.event !== "progress") return true;
    const time = now();
    const name = `${event.phase} ${event.stage ?? ""}`;
    if (name !== phase) {
      phase = name;
      begun = time;
    } else if (event.done < event.total && time - last < Math.max(1000 * least, share * (time - begun)))
      return false;
    last = time;
    return true;
  };
}

/** Progress says how much memory the process has now. */
export function withMemory(event: EngraftEvent, platform: Pick<Platform, "memoryMb">): EngraftEvent {
  return event.event === "progress" ? { ...event, rss_mb: platform.memoryMb() } : event;
}
