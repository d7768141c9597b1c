import { tableValues } from "../../bases/architectures/table-net.js";
import { EngraftError } from "../../core/errors.js";
import type { Explanation } from "../../core/results/explanation.js";
import { float32 } from "../../core/tensor.js";
import { encodedWidth, type TableEncoding } from "../../data/tables/table-encoding.js";
import {
  gradientGraph,
  gradientValues,
  integratedGradients,
  type Link,
  type Path,
} from "../../explain/index.js";
import type { Graph } from "../../graph/graph.js";
import { bindDims } from "../../graph/surgery/index.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { ExplainOptions } from "./explanation.js";

/** Points of the path per batch. */
const atOnce = 64;

/** Computes Integrated Gradients for one encoded row, float32[F]. @param k the output */
export type RowGradients = (
  x: Float32Array,
  k: number,
  options: ExplainOptions,
) => Promise<{ readonly weights: Float64Array } & Pick<Explanation, "base_value" | "ig">>;

/**
 * Opens a table model for Integrated Gradients. The path begins at the mean of each number, and at the mean embedding of
 * each category over the training rows.
 * @throws ModelError if the graph has no embedding for a category
 */
export async function openRowGradients(
  runtime: Runtime,
  model: Graph,
  encoding: TableEncoding,
  link: Link,
): Promise<RowGradients> {
  const input = model.inputs[0]!;
  const batch = model.typeOf(input).shape?.[0];
  const bound = typeof batch === "string" ? bindDims(model, { [batch]: atOnce }) : model.clone();
  const embeddings = encoding.categories.map((category, c) => {
    const name = tableValues.embedding(c);
    const weight = bound.initializers.get(name);
    const lookup = bound.nodes.find(({ op, inputs }) => op === "Gather" && inputs[0] === name);
    if (!(weight?.data instanceof Float32Array) || !lookup)
      throw new EngraftError("ModelError", `the embedding of the column "${category.name}" was not found`, {
        help: "use --method shap, which looks at the predictions alone",
      });
    return {
      value: lookup.outputs[0]!,
      table: weight.data,
      size: weight.dims[1]!,
      counts: category.counts,
    };
  });
  const width = encodedWidth(encoding);
  const scalars = width - encoding.categories.length;
  const moved = [...(scalars > 0 ? [input] : []), ...embeddings.map(({ value }) => value)];
  const made = gradientGraph(bound, moved, link);
  const session = await openSession(runtime, made.graph, { label: "Integrated Gradients" });
  const dims = made.graph.typeOf(gradientValues.selected).shape as readonly number[];
  return async (x, k, { signal }) => {
    const paths: Path[] = embeddings.map(({ table, size, counts }, c) => {
      const code = x[scalars + c]!;
      const total = counts.reduce((sum, n) => sum + n, 0);
      const from = new Float32Array(size);
      for (const [row, n] of counts.entries())
        for (let j = 0; j < size; j++) from[j]! += (n / Math.max(1, total)) * table[row * size + j]!;
      return { from, to: table.slice(code * size, (code + 1) * size) };
    });
    // The graph reads only numbers from the input: the embeddings of categories are inputs of their own.
    if (scalars > 0) paths.unshift({ from: new Float32Array(width), to: x });
    const selected = new Float32Array(made.batch * dims.at(-1)!).map((_, at) =>
      at % dims.at(-1)! === k ? 1 : 0,
    );
    const found = await integratedGradients(
      made,
      (feeds) => session.run(feeds),
      paths,
      { [gradientValues.selected]: float32(dims, selected) },
      signal ? { signal } : {},
    );
    const attributions = [...found.attributions];
    const weights = new Float64Array(width);
    if (scalars > 0) weights.set(attributions.shift()!.subarray(0, scalars));
    for (const [c, all] of attributions.entries()) weights[scalars + c] = all.reduce((sum, v) => sum + v, 0);
    return { weights, base_value: found.base, ig: { steps: found.steps, error: found.error } };
  };
}
