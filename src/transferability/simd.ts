import { aligned, type Code, simd, type WasmFunction, wasmModule } from "../methods/probe/wasm.js";

/** Instructions on two float64, beside those of the probe's loops on four float32. */
export const double = {
  lane2: (value: Code, lane: number): Code => [...value, ...simd(33, lane)],
  add2: (a: Code, b: Code): Code => [...a, ...b, ...simd(240)],
  subtract2: (a: Code, b: Code): Code => [...a, ...b, ...simd(241)],
  multiply2: (a: Code, b: Code): Code => [...a, ...b, ...simd(242)],
  /** One float64 in both lanes. */
  spread2: (address: Code): Code => [...address, ...simd(10, ...aligned)],
  storeDouble: (address: Code, value: Code): Code => [...address, ...value, 0x39, ...aligned],
  addDouble: (a: Code, b: Code): Code => [...a, ...b, 0xa0],
};

/** The part of the WebAssembly API that is used; TypeScript knows it only with the browser's types. */
interface WebAssemblyApi {
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly [name: string]: (...args: number[]) => void } };
}

const pageBytes = 65_536;
/** A quarter of what 32-bit addresses reach; above it the JavaScript loops do. */
const limitBytes = 2 ** 30;

/**
 * Functions with lanes, and memory for their numbers.
 * @returns undefined where there is no WebAssembly SIMD, code generation is forbidden, or memory is short: then JavaScript does the same
 */
export function openSimd(
  bytes: number,
  functions: readonly WasmFunction[],
):
  | {
      readonly memory: ArrayBuffer;
      readonly exports: { readonly [name: string]: (...args: number[]) => void };
    }
  | undefined {
  const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (bytes > limitBytes || api === undefined) return undefined;
  try {
    const memory = new api.Memory({ initial: Math.ceil(bytes / pageBytes) });
    const module = new api.Module(wasmModule(functions));
    const { exports } = new api.Instance(module, { env: { memory } });
    return { memory: memory.buffer, exports };
  } catch {
    return undefined;
  }
}
