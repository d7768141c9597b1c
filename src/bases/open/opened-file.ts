import type { Imported } from "../../graph/from-onnx.js";

/** A model file that was read. */
export interface OpenedFile {
  readonly bytes: Uint8Array;
  /** External files with weights, by their path in it. */
  readonly externalData: ReadonlyMap<string, Uint8Array>;
  readonly imported: Imported;
}
