import { type WasmFunction, wasmModule } from "./wasm.js";

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
/** A quarter of what 32-bit addresses reach. Above it, JavaScript computes. */
const limitBytes = 2 ** 30;

/**
 * Compiles WebAssembly functions, and allocates memory for their numbers.
 * @returns undefined if there is no WebAssembly SIMD, code generation is forbidden, or memory is short: callers then use JavaScript
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
  const api = (globalThis as unknown as { WebAssembly?: WebAssemblyApi }).WebAssembly;
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
