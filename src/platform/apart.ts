import type { ErrorKind } from "../core/errors.js";

/** Default export of a module that runs in a child process. */
export type Apart<Input, Output> = (input: Input, at: ApartContext) => Promise<Output>;

export interface ApartContext {
  /** Sends a message to the parent's `onMessage`; resolves once it was sent. */
  readonly tell: (message: unknown) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Messages between the two processes. */
export type ToChild = { readonly module: string; readonly input: unknown } | { readonly stop: true };
export type ToParent =
  | { readonly told: unknown }
  | { readonly result: unknown; readonly peakMb: number }
  | {
      readonly error: {
        readonly kind: ErrorKind;
        readonly message: string;
        readonly at?: string;
        readonly help?: string;
        readonly details: Readonly<Record<string, unknown>>;
      };
    };
