import type { EngraftEvent } from "../../core/events/events.js";
import type { Platform } from "../../platform/platform.js";

/** Least time between two recorded progress events: seconds, and share of the phase so far. */
const [least, share] = [1, 1 / 200] as const;

/**
 * Returns a filter for the events in a run's record. It keeps all events but progress. For each phase it keeps the
 * first and the last progress event, and others at least max(1 s, 0.5 % of the phase so far) apart. N seconds give
 * about 200 (1 + ln(N / 200)) lines.
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

/** Adds the current memory of the process to a progress event. */
export function withMemory(event: EngraftEvent, platform: Pick<Platform, "memoryMb">): EngraftEvent {
  return event.event === "progress" ? { ...event, rss_mb: platform.memoryMb() } : event;
}
