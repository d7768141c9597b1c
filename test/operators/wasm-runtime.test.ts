import * as ort from "onnxruntime-web";
import { webRuntime } from "../../src/runtime/ort-web.js";
import { runtimeConformance } from "../../src/runtime/runtime.conformance.js";

runtimeConformance("wasm", () => webRuntime(ort, { threads: 1 }));
