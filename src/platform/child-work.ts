import type { ErrorCode, ErrorKind } from "../core/errors.js";
import type { LimitedWork } from "./process/limited-work.js";

/** Default export of a module that runs in a child process. */
export type ChildWork<Input, Output> = (input: Input, at: ChildContext) => Promise<Output>;

export interface ChildContext {
  /** Sends a message to the parent's `onMessage`; resolves once it was sent. */
  readonly sendMessage: (message: unknown) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Messages between the two processes. */
export type ToChild =
  | { readonly module: string; readonly input: unknown; readonly limit?: LimitedWork }
  | { readonly stop: true };
export type ToParent =
  | { readonly message: unknown }
  | { readonly result: unknown; readonly peakMb: number }
  | {
      readonly error: {
        readonly kind: ErrorKind;
        readonly code?: ErrorCode;
        readonly message: string;
        readonly at?: string;
        readonly help?: string;
        readonly details: Readonly<Record<string, unknown>>;
      };
    };
