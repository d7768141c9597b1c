// The library in a tab. Everything of it is loaded on the first use, so the first view stays small.
import type * as Web from "../../src/web/index.js";

const address = (path: string): string => new URL(path, document.baseURI).href;

/** Address of onnxruntime-web. */
export const ort = (): string => address("ort/ort.wasm.min.mjs");

let library: Promise<typeof Web> | undefined;

/** Returns `engraft/web`, from the folder `package/` beside this page. */
export function loadWeb(): Promise<typeof Web> {
  library ??= (
    import(/* @vite-ignore */ address("package/dist/browser/engraft.js")) as Promise<typeof Web>
  ).catch((error) => {
    library = undefined;
    throw error;
  });
  return library;
}
