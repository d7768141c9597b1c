import type { ErrorKind } from "../core/errors.js";

/** What a module of such work exports by default. */
export type Apart<Input, Output> = (input: Input, at: ApartContext) => Promise<Output>;

export interface ApartContext {
  /** Goes to `onMessage` of the one that asked; done once it is on its way. */
  readonly tell: (message: unknown) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What the two processes tell each other. */
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
