// What the events of a run say, for the page Train.
import { useEffect, useState } from "preact/hooks";
import type {
  EngraftEvent,
  EpochEvent,
  ErrorEvent,
  ForecastEvent,
  ProgressEvent,
  WarningEvent,
} from "../../src/core/events/events.js";
import { useStudio } from "../app/studio.js";

export interface RunState {
  readonly progress?: ProgressEvent;
  readonly forecast?: ForecastEvent;
  readonly epochs: readonly EpochEvent[];
  readonly warnings: readonly WarningEvent[];
  readonly error?: ErrorEvent;
}

const noEvents: RunState = { epochs: [], warnings: [] };

/** Returns the state after an event. A resumed run repeats an epoch that was not saved: the later one counts. */
export function afterEvent(state: RunState, event: EngraftEvent): RunState {
  switch (event.event) {
    case "start": {
      // What stopped a resumed run is past.
      const { error: _, progress: __, ...others } = state;
      return others;
    }
    case "progress":
      return { ...state, progress: event };
    case "forecast":
      return { ...state, forecast: event };
    case "epoch": {
      const isOther = (one: EpochEvent): boolean => one.stage !== event.stage || one.epoch < event.epoch;
      return { ...state, epochs: [...state.epochs.filter(isOther), event] };
    }
    case "warning": {
      const isKnown = state.warnings.some(({ message }) => message === event.message);
      return isKnown ? state : { ...state, warnings: [...state.warnings, event] };
    }
    case "error":
      return event.kind === "Interrupted" ? state : { ...state, error: event };
    default:
      return state;
  }
}

/** Milliseconds between two drawings of a running training. */
const pace = 100;

/** Returns what the events of a run say, in a component. @param status of the run: a resumed run is watched again */
export function useRunState(name: string, status: string): RunState {
  const { store, trainer } = useStudio();
  const [state, setState] = useState(noEvents);
  // A resumed run has a new record of events.
  useEffect(() => {
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
