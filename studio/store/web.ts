// The library in a tab. Everything of it is loaded on the first use, so the first view stays small.
import type * as Web from "../../src/web/index.js";

const address = (path: string): string => new URL(path, document.baseURI).href;

/** What a page loads of onnxruntime-web, from the folder `ort/`. */
export const runtimeFiles = [
  "ort.wasm.min.mjs",
  "ort-wasm-simd-threaded.mjs",
  "ort-wasm-simd-threaded.wasm",
] as const;

/** Address of onnxruntime-web. */
export const ort = (): string => address("ort/ort.wasm.min.mjs");

let library: Promise<typeof Web> | undefined;
let failures = 0;

/** Returns `engraft/web`, from the folder `package/` beside this page. After a failure, the next call tries again. */
export function loadWeb(): Promise<typeof Web> {
  library ??= load();
  return library;
}

async function load(): Promise<typeof Web> {
  try {
    // Browsers remember the failure of an address.
    const again = failures > 0 ? `?again=${failures}` : "";
    return await import(/* @vite-ignore */ address(`package/dist/browser/engraft.js${again}`));
  } catch (error) {
    failures++;
    library = undefined;
    throw error;
  }
}
