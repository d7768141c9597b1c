// Every operator and every gradient in a browser's runtime, as in test/operators/operators-on-ort.test.ts.
import * as ort from "onnxruntime-web";
import { webRuntime } from "../../src/runtime/ort-web.js";
import { operatorSuite } from "./operator-suites.js";

operatorSuite("wasm", () => webRuntime(ort, { threads: 1 }), ["operators", "gradients"]);
