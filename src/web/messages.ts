import type { EngraftEvent, ErrorEvent, TrainedResult } from "../core/events/events.js";
import type { Explanation } from "../core/results/explanation.js";
import type { CustomEvaluation, EvaluateOptions, Evaluation } from "../inference/evaluation.js";
import type { TrainOptions } from "../options/options.js";
import type { TestPrediction } from "../run/test-predictions.js";
import type { DeviceChoice } from "../runtime/device.js";
import type { WireError } from "../runtime/protocol.js";
import type { SessionOptions } from "../session/live-session.js";
import type { ExplainOptions } from "../tasks/explain/explanation.js";
import type { DataInspection, InspectDataOptions } from "../tasks/inspect-data.js";
import type { ModelFile } from "./options.js";

// Messages between page and worker. A request has one answer, and events before it.

/** Setup of a worker. */
export interface Setup {
  readonly ort: string | undefined;
  readonly device: DeviceChoice | undefined;
  readonly threads: number | undefined;
  readonly report: boolean;
  /** Address of the bundled models. */
  readonly assets: string;
}

/** {@link ModelSource} in the form for the worker: addresses are absolute. */
export type SentSource =
  | { readonly url: string }
  /** A name of the catalogue, or `hf:org/name`. */
  | { readonly named: string }
  | { readonly name: string; readonly files: readonly ModelFile[] }
  | { readonly run: string };

/** Data as files, in the form for the worker. */
export interface SentData {
  /** Path of the list or folder to open; "" for the folder of all files. */
  readonly root: string;
  readonly files: readonly (readonly [path: string, file: Blob])[];
}

/** Inputs of a run. */
export interface SentInputs {
  readonly data: SentData;
  readonly test: SentData | undefined;
  readonly base: SentSource | undefined;
  readonly initFrom: SentSource | undefined;
}

/** Request to open a model. */
interface OpenModel {
  readonly setup: Setup;
  readonly source: SentSource;
}

/** Loaded model or open session in the worker: its fields, and the names of its methods. */
export interface Handle {
  readonly handle: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly methods: readonly string[];
}

export interface Requests {
  train: {
    readonly setup: Setup;
    readonly inputs: SentInputs;
    readonly name: string | undefined;
    readonly options: Omit<
      TrainOptions,
      "base" | "out" | "test" | "initFrom" | "onEvent" | "signal" | "threads"
    >;
  };
  resume: {
    readonly setup: Setup;
    readonly inputs: SentInputs;
    readonly name: string;
  };
  load: OpenModel;
  openSession: OpenModel & { readonly options: Omit<SessionOptions, "onEvent" | "signal" | "threads"> };
  /** Calls a method of a loaded model or of a session. */
  callHandle: { readonly handle: number; readonly method: string; readonly given: readonly unknown[] };
  evaluate: OpenModel & {
    readonly data: SentData;
    readonly options: Omit<EvaluateOptions, "run" | "onEvent" | "signal" | "threads">;
  };
  inspectData: { readonly data: SentData; readonly options: Omit<InspectDataOptions, "signal"> };
  explain: OpenModel & {
    readonly items: readonly unknown[];
    readonly options: Omit<ExplainOptions, "signal" | "threads">;
  };
  report: {
    readonly name: string;
    readonly pictures: boolean | undefined;
    readonly lang: "en" | "zh" | undefined;
  };
  predictions: { readonly name: string };
  events: { readonly name: string };
  runs: Readonly<Record<string, never>>;
  remove: { readonly name: string };
  stop: { readonly stops: number };
}

/** Run, or saved session, in the storage of the browser. A session is "done", without a result; it started when it was saved. */
export interface KeptRun {
  readonly name: string;
  /**
   * "running": the run was stopped, its tab was closed, or another tab works on it; `resume` continues it. "damaged": its manifest cannot
   * be read.
   */
  readonly status: "running" | "done" | "damaged";
  /** Why it is damaged. */
  readonly reason?: string;
  /** The same error, for `errorText`. */
  readonly error?: Pick<ErrorEvent, "message" | "help" | "code" | "details">;
  readonly started: string;
  /** Strategy, which a resumed run keeps. Missing if the run has not chosen one yet. */
  readonly strategy?: string;
  readonly result?: TrainedResult;
}

/** File of a trained model folder. */
export interface TrainedFile extends ModelFile {
  readonly content: Uint8Array;
}

export interface Trained {
  readonly result: TrainedResult;
  readonly files: readonly TrainedFile[];
  readonly report: string | undefined;
}

export interface Answers {
  train: Trained;
  resume: Trained;
  load: Handle;
  openSession: Handle;
  callHandle: unknown;
  evaluate: Evaluation | CustomEvaluation;
  inspectData: DataInspection;
  explain: readonly Explanation[];
  report: string;
  predictions: readonly TestPrediction[] | undefined;
  events: readonly EngraftEvent[];
  runs: readonly KeptRun[];
  remove: undefined;
  stop: undefined;
}

export type Call = keyof Requests;
export type Request = { [C in Call]: { readonly id: number; readonly call: C } & Requests[C] }[Call];
export type Reply =
  | { readonly id: number; readonly event: EngraftEvent }
  | { readonly id: number; readonly value: Answers[Call] }
  | { readonly id: number; readonly error: WireError };
