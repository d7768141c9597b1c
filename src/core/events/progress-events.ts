// What any work that takes long tells: how far it is, and its warnings. All events: events.ts.
import type { WarningText } from "../messages/message.js";
import type { SampleWords } from "../modalities.js";

/** Progress of a phase. */
export interface ProgressEvent {
  readonly event: "progress";
  readonly phase: Phase;
  readonly done: number;
  readonly total: number;
  readonly unit: ItemUnit | "steps" | "bytes" | "trials" | "trees";
  readonly seconds_left?: number;
  /** Name of the training, as in its epochs. */
  readonly stage?: string;
  /** Recent items per second: of `unit`, or of `items` if the unit is steps. */
  readonly per_second?: number;
  readonly items?: ItemUnit;
  /** Mean training loss of the last steps, with all terms. */
  readonly loss?: number;
  /** Each weighted term of the loss, if there is more than one. */
  readonly terms?: Readonly<Record<string, number>>;
  /** Highest learning rate of the last step. */
  readonly rate?: number;
  /** Current memory of the process, in units of 10⁶ bytes. */
  readonly rss_mb?: number;
}

/** What a training step is made of. */
export type ItemUnit = SampleWords["many"] | "samples";

/** Phases with progress. */
export type Phase =
  | "download"
  | "upload"
  | "scan"
  | "features"
  | "head"
  | "rate"
  /** Forms of gradients are timed on this machine before a long training. */
  | "forms"
  | "training"
  | "scratch"
  | "evaluation"
  | "insights";

/** A problem that the user should know about and that does not stop the run. */
export interface WarningEvent extends WarningText {
  readonly event: "warning";
}

/** Called with each event, in order. */
export type OnProgress = (event: ProgressEvent | WarningEvent) => void;
