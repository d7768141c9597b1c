// State of a run from its events, for the pages that follow it.
import { useEffect, useState } from "preact/hooks";
import { afterEvent, noEvents, type RunState } from "./after-event.js";
import { useStudio } from "./studio.js";

/** Milliseconds between two drawings of a running training. */
const pace = 100;

/** Returns the state of a run from its events, in a component. @param status of the run: a resumed run is watched again */
export function useRunState(name: string, status: string): RunState {
  const { store, trainer } = useStudio();
  const [state, setState] = useState(noEvents);
  // A resumed run has a new record of events.
  useEffect(() => {
    // A training that waits, or that could not start, has no events.
    if (status === "waiting" || status === "damaged") return;
    const stop = new AbortController();
    let now = noEvents;
    const timer = setInterval(() => setState(now), pace);
    const follow = async (): Promise<void> => {
      for await (const { event } of trainer.watch(name, 0, stop.signal)) now = afterEvent(now, event);
      if (!stop.signal.aborted) setState(now);
    };
    follow()
      .catch((error) => store.fail(error))
      .finally(() => clearInterval(timer));
    return () => {
      stop.abort();
      clearInterval(timer);
    };
  }, [name, status, store, trainer]);
  return state;
}
