// The quick model: a live session of the library that follows the samples of the project.
import { type ReadonlySignal, signal } from "@preact/signals";
import type { SessionFit } from "../../src/session/live-session.js";
import type { ModelFile } from "../../src/web/index.js";
import type { Store } from "../store/store.js";
import type { Predictor } from "./predictor.js";

/** What the quick model does. */
export interface LiveStatus {
  readonly phase: "idle" | "opening" | "features" | "fitting" | "failed";
  /** Samples whose features are computed, and all that need them. */
  readonly done: number;
  readonly total: number;
  readonly error?: unknown;
}

/** Finding about the samples of the project. */
export interface Findings {
  /** Samples with the same content as another one. */
  readonly copies: readonly { readonly id: string; readonly of: string }[];
  /** Samples that cannot be read. */
  readonly unreadable: readonly { readonly id: string; readonly error: unknown }[];
}

/** A live session that follows the project of a store. */
export class LiveModel {
  readonly status: ReadonlySignal<LiveStatus> = signal({ phase: "idle", done: 0, total: 0 });
  readonly findings: ReadonlySignal<Findings> = signal({ copies: [], unreadable: [] });
  /** Last fit: classes, score or the reason why there is none, out-of-fold predictions. */
  readonly fit: ReadonlySignal<SessionFit | undefined> = signal(undefined);
  /** The model of the last fit; undefined before two classes have five samples each. */
  readonly predictor: ReadonlySignal<Predictor | undefined> = signal(undefined);

  constructor(readonly store: Store) {}

  /** Files of the model folder of the last fit. */
  async save(): Promise<readonly ModelFile[]> {
    return [];
  }

  /** Forgets the session: another project was opened. */
  async close(): Promise<void> {}
}
