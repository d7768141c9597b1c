// The same training graphs in a browser's runtime: gradients equal PyTorch's there too.
import * as ort from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import { webRuntime } from "../../src/runtime/ort-web.js";
import { Golden, gradientErrors, type Mode } from "../support/golden-networks.js";

describe.each(["resnet-basic", "mobilenet-v2", "squeezenet"])("%s on wasm", (name) => {
  const golden = new Golden(name);
  const modes: Mode[] = golden.under("train/").length > 0 ? ["frozen", "train"] : ["frozen"];

  test.each(modes)("has the gradients of PyTorch, BatchNormalization %s", async (mode) => {
    const runtime = await webRuntime(ort, { threads: 1 });
    const { loss, errors } = await gradientErrors(runtime, golden, mode);
    expect(loss).toBeCloseTo(golden.get(`${mode}/loss/0`)[0]!, 5);
    for (const { parameter, error, allowed } of errors) expect(error, parameter).toBeLessThan(allowed);
    await runtime.close();
  });
});
