// The runtime in this thread: a forward pass is compared with PyTorch's, without the overhead of a worker.
import * as ort from "onnxruntime-node";
import { LocalRuntime } from "../dist/runtime/ort-local.js";

export function localRuntime(threads) {
  const sessionOptions = { intraOpNumThreads: threads };
  const version = ort.env.versions.node;
  return new LocalRuntime(ort, { name: "onnxruntime-node", version, threads, sessionOptions });
}
