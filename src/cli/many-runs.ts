import type { EngraftEvent, OnEvent } from "../core/events/events.js";

/**
 * For people: data and base once, then one line per run; the events of each run are in its folder. Programs get all
 * events.
 */
export function ofManyRuns(onEvent: OnEvent): OnEvent {
  let inRun = false;
  const reported = new Set<string>();
  return (event: EngraftEvent) => {
    if (event.event === "run") inRun = true;
    if (event.event === "warning" && reported.has(event.message)) return;
    if (event.event === "warning") reported.add(event.message);
    if (!inRun || event.event === "run" || event.event === "progress" || event.event === "warning")
      onEvent(event);
  };
}
