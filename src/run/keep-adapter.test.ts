import { expect, test } from "vitest";
import { headValues } from "../bases/heads.js";
import { float32 } from "../core/tensor.js";
import { Graph } from "../graph/graph.js";
import type { Context } from "./context.js";
import { keepAdapter } from "./keep-adapter.js";

/** The base that an adapter's configuration names, for a run with these options. */
function namedBase(name: string, base?: string): unknown {
  const options = base === undefined ? {} : { base };
  const context = {
    opened: { base: { name, sha256: "0".repeat(64) }, body: { cut: { value: "features" } } },
    ...{ options, run: { manifest: { options } } },
  } as unknown as Context;
  const spec = { kind: "lora", r: 1, alpha: 1, rslora: false, dropout: 0, scale: 1, places: [] } as const;
  const weights = new Map([
    [headValues.weight, float32([2, 1], [0.5, -0.5])],
    [headValues.bias, float32([1], [0.25])],
  ]);
  const model = new Graph();
  for (const [value, tensor] of weights) model.initializer(value, tensor);
  const { files } = keepAdapter(context, model, spec, weights);
  return JSON.parse(files["adapter_config.json"] as string).base_model_name_or_path;
}

test("an adapter names the base of its run, also if the user named none", () => {
  expect(namedBase("text-mini")).toBe("text-mini");
  expect(namedBase("audio-mini")).toBe("audio-mini");
  expect(namedBase("org/name", "hf:org/name")).toBe("hf:org/name");
  // A path of this machine is not published.
  expect(namedBase("encoder.onnx", "/somewhere/encoder.onnx")).toBe("encoder.onnx");
});
