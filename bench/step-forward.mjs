// The forward passes that a step is compared with.
import { readFileSync } from "node:fs";
import { parametersOf, promote } from "../dist/graph/surgery/index.js";
import { toOnnx } from "../dist/graph/to-onnx.js";
import { localRuntime } from "./local-runtime.mjs";
import { once, peakMemory, time } from "./measure.mjs";
import { exampleOf, readGraph } from "./step-graph.mjs";

/**
 * Measures the forward pass of the unchanged file; a file with another fixed batch, or half-precision inputs, goes
 * through our graph.
 */
export async function measureForward(options) {
  const runtime = localRuntime(options.threads);
  let session = await runtime.session(readFileSync(options.model));
  const { type } = session.inputs[0];
  const batch = type.shape?.[0];
  if (
    session.inputs.length > 1 ||
    (type.dtype !== "float32" && type.dtype !== "int64") ||
    (typeof batch === "number" && batch !== options.batch)
  ) {
    await session.dispose();
    session = await runtime.session(toOnnx(await readGraph(options)));
  }
  const feeds = { [session.inputs[0].name]: exampleOf(session.inputs[0].type, options) };
  const fetch = [session.outputs[0].name];
  return {
    forward_ms: await time(() => session.run(feeds, fetch), options.smallest ? once : {}),
    peak_rss_mb: peakMemory(),
  };
}

/** Measures the forward pass with every weight as an input: the best that a step's own forward pass can reach. */
export async function measureFed(options) {
  const graph = await readGraph(options);
  const weights = parametersOf(graph).filter((p) => p.kind !== "statistic");
  const runtime = localRuntime(options.threads);
  const fed = promote(
    graph,
    weights.map((p) => p.value),
  );
  const session = await runtime.session(toOnnx(fed));
  const feeds = Object.fromEntries(weights.map((p) => [p.value, graph.initializers.get(p.value)]));
  const [input] = session.inputs;
  feeds[input.name] = exampleOf(input.type, options);
  const fetch = [session.outputs[0].name];
  return {
    forward_fed_ms: await time(() => session.run(feeds, fetch), options.smallest ? once : {}),
    peak_rss_mb: peakMemory(),
  };
}
