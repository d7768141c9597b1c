import { featureCuts } from "../../bases/feature-cuts.js";
import type { LayersMoved, MovedBlock } from "../../core/results/insights.js";

import { type Rows, wholeOf } from "../../core/results/rows.js";
import { movedShare, movedWeights } from "../../explain/index.js";
import { Builder } from "../../graph/builder.js";
import type { Graph } from "../../graph/graph.js";
import { none, type Value } from "../../graph/node.js";
import { extract, parametersOf } from "../../graph/surgery/index.js";
import { linearCka } from "../../transferability/cka.js";

/** Most blocks of a chart. */
const mostBlocks = 8;

/** A place in the body: everything up to `depth` comes before it. */
interface Place {
  readonly value: Value;
  readonly depth: number;
  /** Features per item there, averaged over places or tokens. */
  readonly width: number;
}

/** Features of a value after averaging over places or tokens; undefined if not possible. */
function widthAt(graph: Graph, value: Value): number | undefined {
  const { dtype, shape } = graph.types.get(value) ?? {};
  if (dtype !== "float32" || !shape || shape.length < 2 || shape.length > 4) return undefined;
  const width = shape.length === 4 ? shape[1] : shape.at(-1);
  return typeof width === "number" ? width : undefined;
}

/** Returns evenly spread elements, including the last. */
function some<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.ceil(((i + 1) * all.length) / most) - 1]!);
}

/**
 * Returns places to compare in a body: values that all data passes through; if there are few (a mask bypasses the
 * layers of a text encoder), outputs of its weights.
 */
export function placesOf(body: Graph): readonly Place[] {
  const cuts = featureCuts(body).flatMap(({ value, depth }): Place[] => {
    const width = widthAt(body, value);
    return width === undefined ? [] : [{ value, depth, width }];
  });
  if (cuts.length >= 3) return some(cuts, mostBlocks);
  const depths = [...new Set(parametersOf(body).map(({ depth }) => depth))].sort((a, b) => a - b);
  const outputs = depths.flatMap((depth): Place[] => {
    const value = body.nodes[depth]?.outputs[0];
    const width = value === undefined || value === none ? undefined : widthAt(body, value);
    return width === undefined ? [] : [{ value: value!, depth, width }];
  });
  return some(outputs, mostBlocks);
}

/**
 * Returns a graph with one output float32[batch, Σ width]: the values side by side, averaged over places and tokens.
 */
export function concatenateLayers(graph: Graph, values: readonly Value[]): Graph {
  const part = extract(graph, values);
  const g = new Builder(part, "insights");
  const rows = values.map((value) => {
    const rank = part.typeOf(value).shape?.length;
    if (rank === 4) return g.flatten(g.globalAveragePool(value));
    return rank === 3 ? g.reduceMean(value, { axes: [1] }) : value;
  });
  part.outputs.length = 0;
  part.outputs.push(rows.length === 1 ? rows[0]! : g.concat(rows, 1));
  return part;
}

/** Returns columns of a table as a new table. */
export function columns(rows: Rows, first: number, width: number, count = rows.count): Float32Array {
  const all = wholeOf(rows);
  const out = new Float32Array(count * width);
  for (let i = 0; i < count; i++)
    out.set(all.subarray(i * rows.width + first, i * rows.width + first + width), i * width);
  return out;
}

/**
 * Measures how far each block of the body moved, and the similarity of its output before and after.
 * @param before the base's body
 * @param rows of both bodies at `places` side by side, the same items first in both
 */
export function layersMoved(
  before: Graph,
  after: Graph,
  places: readonly Place[],
  rows?: { readonly before: Rows; readonly after: Rows },
): LayersMoved {
  const weights = movedWeights(before, after);
  const items = rows?.before.count ?? 0;
  let [from, column] = [-1, 0];
  const blocks = places.map(({ value, depth, width }, i): MovedBlock => {
    const last = i === places.length - 1;
    const own = weights.filter((w) => w.depth > from && (last || w.depth <= depth));
    from = depth;
    const cka =
      rows && items > 2
        ? linearCka(
            columns(rows.before, column, width),
            width,
            columns(rows.after, column, width, items),
            width,
          )
        : null;
    column += width;
    return {
      name: value,
      parameters: own.reduce((sum, w) => sum + w.parameters, 0),
      moved: Number(movedShare(own).toPrecision(4)),
      cka: cka === null || !Number.isFinite(cka) ? null : Number(cka.toFixed(4)),
    };
  });
  return { blocks, items };
}
