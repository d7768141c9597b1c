// Every operator and every gradient on Node's runtime.
import { nodeRuntime } from "../../src/runtime/ort-node.js";
import { operatorSuite } from "./operator-suites.js";

operatorSuite("cpu", () => nodeRuntime({ threads: 1 }), ["operators", "gradients"]);
