import type { EngraftEvent } from "../../src/index.js";
import type { ToyTask } from "./tasks.js";
import type { Toy } from "./toys.js";

/** Run whose outcome is recorded. */
export interface Case {
  /** Name of its record: `picture-classes-probe`. */
  readonly name: string;
  /** The task whose shared run is this case. Missing: the case runs for its record alone. */
  readonly shared?: ToyTask;
  readonly run: (place: CasePlace) => Promise<Ran>;
}

/** Where a case runs. */
export interface CasePlace {
  readonly toy: Toy;
  /** The run folder, which does not exist yet. */
  readonly out: string;
  readonly onEvent: (event: EngraftEvent) => void;
}

/** What a case did. */
export interface Ran {
  readonly result: object;
  /** Words for `engraft eval` after the model. Missing: the model is not scored again. */
  readonly scoredOn?: readonly string[];
  /** Words for `engraft predict`. Missing: the model answers nothing. */
  readonly inputs?: readonly string[];
  /** Pages by language. Missing: those of the run. */
  readonly pages?: Readonly<Record<string, string>>;
}

/** Options of every run: the same bits each time, and no work for the report's pictures. */
export const repeatable = { threads: 1, cache: false, explain: false } as const;
