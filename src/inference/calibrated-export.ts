import { readTrust } from "../bases/model-folder/trust-facts.js";
import { readJson } from "../bases/open/read-json.js";
import { withTemperature } from "../bases/temperature.js";
import { storedAs } from "../bases/weight-storage.js";
import { EngraftError } from "../core/errors.js";
import { fromOnnx } from "../graph/from-onnx.js";
import { toOnnx } from "../graph/to-onnx.js";
import type { Platform } from "../platform/platform.js";

/** Export of a model with its temperature. */
export interface Calibration {
  readonly temperature: number;
  /** Returns the file that divides its logits. */
  model(onnx: Uint8Array): Promise<Uint8Array>;
  /** Text of the new folder's engraft.json, with sets and thresholds of the divided logits. */
  readonly manifest: string;
}

/** Returns the export of a calibrated model. @throws ModelError without a fitted temperature, OptionError if the model divides its logits already */
export async function calibration(platform: Platform, dir: string): Promise<Calibration> {
  const file = platform.files.join(dir, "engraft.json");
  const manifest = ((await platform.files.stat(file)) ? await readJson(platform, file) : {}) as {
    trust?: unknown;
  };
  const trust = readTrust(manifest.trust, dir);
  if (!trust)
    throw new EngraftError("ModelError", "no temperature was fitted for the model", {
      at: dir,
      help: "`engraft train` fits one for classes of pictures and texts, on the validation part",
    });
  if (trust.temperature.written || !trust.divided)
    throw new EngraftError("OptionError", "the model divides its scores by its temperature already", {
      at: dir,
      help: "leave --calibrate out",
    });
  const { divided, temperature, n } = trust;
  const written = { ...temperature, written: true };
  return {
    temperature: temperature.value,
    manifest: `${JSON.stringify({ ...manifest, trust: { n, temperature: written, ...divided } }, null, 2)}\n`,
    async model(onnx) {
      const { graph, storedAs: cameAs } = fromOnnx(onnx);
      return toOnnx(withTemperature(graph, temperature.value), { storeAs: storedAs(graph, "same", cameAs) });
    },
  };
}
