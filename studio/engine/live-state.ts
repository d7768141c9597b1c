// State of the quick model for the page.
import type { Signal } from "@preact/signals";
import type { SessionFit } from "../../src/session/live-session.js";
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

export interface LiveState {
  readonly status: Signal<LiveStatus>;
  readonly findings: Signal<Findings>;
  readonly fit: Signal<SessionFit | undefined>;
  readonly predictor: Signal<Predictor | undefined>;
}

export const idle: LiveStatus = { phase: "idle", done: 0, total: 0 };
export const noFindings: Findings = { copies: [], unreadable: [] };
