import type { Imported } from "../../graph/from-onnx.js";
import type { ModelFile } from "../../graph/import/write-back.js";

/** A model file that was read. */
export interface OpenedFile extends ModelFile {
  readonly imported: Imported;
}
