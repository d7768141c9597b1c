// What runs in the tab: a runtime on WebGPU that answers to calls from the test. Bundled by test/operators/gpu-tab.ts.
import * as ort from "onnxruntime-web/webgpu";
import { EngraftError, messageOf } from "../../src/core/errors.js";
import { webRuntime } from "../../src/runtime/ort-web.js";
import type { Session, SessionOptions, TrainingSession } from "../../src/runtime/runtime.js";
import { type Call, decodeAll, encodeAll, type PackedTensors } from "./gpu-protocol.js";

/** Counted in the browser's own calls: what is written to the device, what is read back, and buffers that live. */
const traffic = { up: 0, down: 0, buffers: 0 };
interface Buffer {
  readonly size: number;
  readonly usage: number;
}
type Calls = Record<string, (...given: never[]) => unknown>;
/** Wraps a method of one of the browser's classes. */
function counted(
  kind: string,
  method: string,
  count: (self: Buffer, given: unknown[], made: unknown) => void,
): void {
  const { prototype } = (globalThis as unknown as Record<string, { prototype: Calls }>)[kind]!;
  const call = prototype[method]!;
  prototype[method] = function (this: Buffer, ...given: unknown[]) {
    const made = (call as (...all: unknown[]) => unknown).apply(this, given);
    count(this, given, made);
    return made;
  } as never;
}
counted("GPUQueue", "writeBuffer", (_, [, , data, , size]) => {
  traffic.up += (size as number | undefined) ?? (data as ArrayBuffer).byteLength;
});
counted("GPUDevice", "createBuffer", (_, [about]) => {
  traffic.buffers++;
  const { mappedAtCreation, size } = about as { mappedAtCreation?: boolean; size: number };
  if (mappedAtCreation) traffic.up += size;
});
counted("GPUBuffer", "destroy", () => {
  traffic.buffers--;
});
counted("GPUBuffer", "mapAsync", (self, [mode]) => {
  if (mode === 1) traffic.down += self.size;
});

ort.env.wasm.wasmPaths = "/ort/";
const runtime = await webRuntime(ort, { device: "webgpu" });
const made = new Map<number, Session | TrainingSession>();
let counter = 0;

function keep(session: Session | TrainingSession) {
  made.set(++counter, session);
  return { on: counter, inputs: session.inputs, outputs: session.outputs };
}
const bytes = (text: string): Uint8Array => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

async function answer(call: Call): Promise<unknown> {
  const session = () => made.get(call.on!) as Session;
  const training = () => made.get(call.on!) as TrainingSession;
  const options = (call.options ?? {}) as SessionOptions;
  switch (call.method) {
    case "hello":
      return { name: runtime.name, version: runtime.version, threads: runtime.threads };
    case "session":
      return keep(await runtime.session(bytes(call.model!), options));
    case "training":
      return keep(
        await runtime.training(bytes(call.model!), {
          state: new Map(Object.entries(decodeAll(call.tensors!))),
          ...(call.frozen && { frozen: new Map(Object.entries(decodeAll(call.frozen))) }),
          options,
        }),
      );
    case "evaluator":
      return keep(await training().evaluator(bytes(call.model!), options));
    case "sharing":
      return keep(await training().sharing(bytes(call.model!), options));
    case "run":
      return encodeAll(await session().run(decodeAll(call.tensors!), call.fetches));
    case "steps":
      return encodeAll(await training().steps(decodeAll(call.tensors!), call.count!));
    case "undo":
      return training().undo?.();
    case "readState":
      return encodeAll(Object.fromEntries(await training().readState()));
    case "writeState":
      return training().writeState(new Map(Object.entries(decodeAll(call.tensors!))));
    case "traffic": {
      const now = { ...traffic };
      traffic.up = 0;
      traffic.down = 0;
      return now;
    }
    case "dispose":
      return session().dispose();
  }
}

export interface Answer {
  readonly value?: unknown;
  readonly error?: {
    readonly kind: string;
    readonly message: string;
    readonly at?: string;
    readonly help?: string;
    readonly details: Record<string, unknown>;
  };
}

Object.assign(globalThis, {
  async ask(call: Call): Promise<Answer> {
    try {
      return { value: (await answer(call)) as PackedTensors };
    } catch (error) {
      if (!(error instanceof EngraftError))
        return { error: { kind: "", message: messageOf(error), details: {} } };
      const { kind, message, at, help, details } = error;
      return { error: { kind, message, ...(at && { at }), ...(help && { help }), details } };
    }
  },
});
