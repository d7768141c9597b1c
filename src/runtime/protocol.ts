import {
  EngraftError,
  type ErrorCode,
  type ErrorKind,
  type ErrorOptions,
  messageOf,
} from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Device } from "./device.js";
import type { OrtPackage, OrtPackageName } from "./ort-node-package.js";
import { copyOf } from "./ort-tensors.js";
import type { Port, SessionOptions } from "./runtime.js";

/** Messages between the main thread and the runtime's thread: one answer for each request, in order. */
export type Tensors = Readonly<Record<string, Tensor>>;
export type State = readonly (readonly [name: string, value: Tensor])[];

/** A session is known by a number on the other side. */
export interface Opened {
  readonly on: number;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly refuses?: boolean;
}

export interface Requests {
  /** Loads the first of these packages that loads. All have one version. */
  hello: {
    readonly threads: number;
    readonly packages: readonly OrtPackageName[];
    readonly version: string;
    readonly device: Device;
  };
  session: { readonly model: Uint8Array; readonly options: SessionOptions };
  training: {
    readonly model: Uint8Array;
    readonly state: State;
    readonly frozen: State;
    readonly options: SessionOptions;
  };
  evaluator: { readonly on: number; readonly model: Uint8Array; readonly options: SessionOptions };
  sharing: { readonly on: number; readonly model: Uint8Array; readonly options: SessionOptions };
  run: { readonly on: number; readonly feeds: Tensors; readonly fetches: readonly string[] };
  /** Keeps feeds for the next call of `steps` with this number; earlier ones are dropped. */
  ahead: { readonly on: number; readonly number: number; readonly feeds: Tensors };
  steps: {
    readonly on: number;
    readonly feeds: Tensors;
    readonly count: number;
    /** Number of the feeds that were sent ahead. */
    readonly ahead?: number;
  };
  undo: { readonly on: number };
  readState: { readonly on: number };
  writeState: { readonly on: number; readonly state: State };
  dispose: { readonly on: number };
  close: Readonly<Record<string, never>>;
}
export interface Answers {
  hello: OrtPackage;
  session: Opened;
  training: Opened;
  evaluator: Opened;
  sharing: Opened;
  run: Tensors;
  ahead: undefined;
  steps: Tensors;
  undo: undefined;
  readState: State;
  writeState: undefined;
  dispose: undefined;
  close: undefined;
}
export type Call = keyof Requests;
export type Message = { [C in Call]: { readonly id: number; readonly call: C } & Requests[C] }[Call];
export type Answer =
  | { readonly id: number; readonly value: Answers[Call] }
  | { readonly id: number; readonly error: WireError };

/**
 * Size of a model (file and weights, in bytes) from which both sides collect garbage after loading: some milliseconds.
 */
export const worthCollecting = 2 ** 26;

/** Start data of the worker: {@link busy} and {@link stopping} of one shared block. */
export interface WorkerData {
  readonly flags: SharedArrayBuffer;
}
/** 1 while the runtime is inside native code: ending the thread there aborts the whole process. */
export const busy = 0;
/** 1 when the process is about to end: nothing new begins. */
export const stopping = 1;

/** An error as plain data: error classes of one thread are not those of another. */
export interface WireError {
  readonly kind: ErrorKind;
  readonly code?: ErrorCode | undefined;
  readonly message: string;
  readonly at?: string;
  readonly help?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export function encodeError(error: unknown): WireError {
  if (!(error instanceof EngraftError)) {
    return { kind: "InternalError", message: `the runtime failed: ${messageOf(error)}`, details: {} };
  }
  const { kind, code, message, at, help, details } = error;
  return { kind, ...(code && { code }), message, at, help, details };
}

export function decodeError({ kind, message, ...options }: WireError): EngraftError {
  return new EngraftError(kind, message, options as ErrorOptions);
}

/**
 * Returns tensors ready to send, and the buffers to transfer. A view of a part of a buffer is always copied, because
 * sending it would send the whole buffer.
 * @param give true: buffers that belong to one tensor alone are transferred, and are empty here afterwards.
 */
export function pack<K>(
  tensors: Iterable<readonly [K, Tensor]>,
  give: boolean,
): { readonly packed: (readonly [K, Tensor])[]; readonly buffers: ArrayBuffer[] } {
  const buffers = new Set<ArrayBuffer>();
  const packed = [...tensors].map(([key, value]) => {
    if (value.dtype === "string") return [key, value] as const;
    const sent = give && ownsBuffer(value) && !buffers.has(bufferOf(value)) ? value : copyOf(value);
    buffers.add(bufferOf(sent));
    return [key, { dtype: sent.dtype, dims: [...sent.dims], data: sent.data }] as const;
  });
  return { packed, buffers: [...buffers] };
}

function bufferOf(value: Tensor): ArrayBuffer {
  return (value.data as Float32Array).buffer as ArrayBuffer;
}

function ownsBuffer(value: Tensor): boolean {
  const { buffer, byteLength } = value.data as Float32Array;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
}
