// State of a run from its events.
import type {
  EngraftEvent,
  EpochEvent,
  ErrorEvent,
  ForecastEvent,
  ProgressEvent,
  WarningEvent,
} from "../../src/core/events/events.js";

export interface RunState {
  readonly progress?: ProgressEvent;
  readonly forecast?: ForecastEvent;
  readonly epochs: readonly EpochEvent[];
  readonly warnings: readonly WarningEvent[];
  readonly error?: ErrorEvent;
}

export const noEvents: RunState = { epochs: [], warnings: [] };

/** Returns the state after an event. A resumed run repeats an epoch that was not saved: the later one counts. */
export function afterEvent(state: RunState, event: EngraftEvent): RunState {
  switch (event.event) {
    case "start": {
      // The error that stopped the run no longer matters.
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
