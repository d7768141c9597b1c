import type { ReadonlySignal } from "@preact/signals";
import type { EngraftEvent, ErrorEvent, TrainedResult } from "../../src/core/events/events.js";
import type { TestPrediction as RecordedPrediction } from "../../src/run/test-predictions.js";
import type { OptionValue, Project } from "../../src/studio/project.js";
import type { Predictor } from "./predictor.js";

/** A prediction of a test sample, with the id of the sample if it is known. */
export type TestPrediction = RecordedPrediction & { readonly id?: string | undefined };

/** A run of a project. */
export interface RunEntry {
  readonly name: string;
  /** Name that the user gave it in the terminal. */
  readonly title?: string;
  /** "running" while a worker or a process trains it, from the lock of the run; "stopped" can be resumed; "waiting" starts after others. */
  readonly status: "running" | "waiting" | "stopped" | "done" | "damaged";
  /** Trainings before a waiting one. */
  readonly ahead?: number;
  /** ISO 8601 */
  readonly started: string;
  readonly strategy?: string;
  readonly result?: TrainedResult;
  /** Why it is damaged, or the error that stopped it. */
  readonly error?: Pick<ErrorEvent, "message" | "help" | "code" | "details">;
}

/** An event of a run with its number: its line in `events.jsonl`, or its place among the events of a tab. */
export interface NumberedEvent {
  readonly id: number;
  readonly event: EngraftEvent;
}

/** Trains runs: in a worker of this tab, or in processes behind `engraft studio`. */
export interface Trainer {
  /** Runs of the open project, the newest first. */
  readonly runs: ReadonlySignal<readonly RunEntry[]>;
  /** Reads the runs of a project again. */
  refresh(project: Project): Promise<void>;
  /** Starts a run. @returns its name @throws EngraftError for data or options that cannot be trained */
  start(project: Project, options: Readonly<Record<string, OptionValue>>): Promise<string>;
  resume(project: Project, name: string, more?: string): Promise<void>;
  /** Stops a run, which saves its state first. */
  stop(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Yields the recorded events after number `after`, then those that come, until the run is done or stopped. */
  watch(name: string, after: number, signal: AbortSignal): AsyncIterable<NumberedEvent>;
  /** Returns the address of the HTML report, for a frame. */
  report(name: string, lang: "en" | "zh"): Promise<string>;
  /** Predictions of the test samples; empty if the run has none. */
  predictions(name: string): Promise<readonly TestPrediction[]>;
  /** Opens the model of a finished run. */
  open(name: string): Promise<Predictor>;
  /** Files of the model folder of a finished run. */
  modelFiles(name: string): Promise<readonly { readonly path: string; readonly content: Uint8Array }[]>;
}
