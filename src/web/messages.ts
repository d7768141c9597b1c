import type { EngraftEvent, TrainResultEvent } from "../core/events/events.js";
import type { Answer } from "../inference/answer.js";
import type { TrainOptions } from "../options/options.js";
import type { WireError } from "../runtime/protocol.js";
import type { LabelledPicture, ModelFile } from "./options.js";

/** What page and worker say to each other: a request has one answer, and events before it. */
export interface Setup {
  readonly ort: string | undefined;
  readonly device: "wasm" | "webgpu" | undefined;
  readonly report: boolean;
}

/** A {@link ModelSource} that means the same in the worker. */
export type SentSource =
  | { readonly url: string; readonly bundled?: string }
  | { readonly name: string; readonly files: readonly ModelFile[] }
  | { readonly run: string };

/** Data that means the same in the worker: `webkitRelativePath` does not cross. */
export type SentData =
  | { readonly labelled: readonly LabelledPicture[] }
  | { readonly files: readonly (readonly [path: string, file: Blob])[] };

export interface Requests {
  train: {
    readonly setup: Setup;
    readonly data: SentData;
    readonly base: SentSource;
    readonly name: string | undefined;
    readonly options: Omit<TrainOptions, "base" | "out" | "onEvent" | "signal">;
  };
  resume: {
    readonly setup: Setup;
    readonly data: SentData;
    readonly base: SentSource;
    readonly name: string;
    readonly threads: number | undefined;
  };
  load: { readonly setup: Setup; readonly source: SentSource; readonly threads: number | undefined };
  predict: { readonly picture: Blob; readonly top: number | undefined };
  runs: Readonly<Record<string, never>>;
  remove: { readonly name: string };
  stop: { readonly stops: number };
}

/** A run in this browser's storage. */
export interface KeptRun {
  readonly name: string;
  /** "running": the run was stopped, its tab was closed, or another tab works on it; `resume` continues it. */
  readonly status: "running" | "done";
  readonly started: string;
  /** The run's strategy, which a resumed run keeps; undefined if the run had not chosen one yet. */
  readonly strategy?: string;
  readonly result?: TrainResultEvent;
}

export interface Trained {
  readonly result: TrainResultEvent;
  readonly files: readonly ModelFile[];
  readonly report: string | undefined;
}

export interface Answers {
  train: Trained;
  resume: Trained;
  load: { readonly classes: readonly string[] };
  predict: readonly Answer[];
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
