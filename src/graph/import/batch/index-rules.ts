import type { Gathering, Selection } from "../../ops.js";
import {
  across,
  alike,
  type BatchAxis,
  type BatchContext,
  type BatchRules,
  differentAxes,
  fixedRows,
  fromFront,
  joined,
  moved,
  onOnly,
  unknownShape,
} from "./batch-axis.js";

type Indexing = Gathering & Pick<Selection, "GatherND" | "ScatterND">;
type Name = "Gather" | "GatherElements" | "ScatterElements" | "GatherND" | "ScatterND";

const bothDepend = "picks rows by indices that depend on the batch";

/** y = x with the axis replaced by the axes of the indices. */
function gather(c: BatchContext<"Gather">): BatchAxis | string {
  const [x, indices] = [c.batch(0), c.batch(1)];
  const [shape, places] = [c.shape(0), c.shape(1)];
  if (x && indices) return bothDepend;
  if (!shape || !places) return unknownShape;
  const axis = fromFront(c.attributes.axis, shape.length);
  if (indices) return moved(indices, axis + indices.axis);
  if (x!.axis === axis) return across;
  return moved(x!, x!.axis < axis ? x!.axis : x!.axis + places.length - 1);
}

/**
 * Returns where elementwise indexing holds the batch: all inputs hold it alike, in another axis than the indexed one.
 */
function elements(c: BatchContext<Name>, axis: number, inputs: readonly number[]): BatchAxis | string {
  let found: BatchAxis | undefined;
  for (const i of inputs) {
    const b = c.batch(i);
    if (!b) return fixedRows(c.shape(i));
    if (found && (found.axis !== b.axis || !alike(found, b))) return differentAxes;
    found = found ? joined(found, b) : b;
  }
  return found!.axis === axis ? across : found!;
}

/** y[i, j, …] = x[index[i, j, …], j, …]. A constant x is read by indices alone if they select along the batch axis. */
function gatherElements(c: BatchContext<"GatherElements">): BatchAxis | string {
  const shape = c.shape(0);
  if (!shape) return unknownShape;
  const axis = fromFront(c.attributes.axis, shape.length);
  if (!c.batch(0) && c.batch(1)?.axis === axis) return c.batch(1)!;
  return elements(c as BatchContext<Name>, axis, [0, 1]);
}

function scatterElements(c: BatchContext<"ScatterElements">): BatchAxis | string {
  const shape = c.shape(0);
  if (!shape) return unknownShape;
  return elements(c as BatchContext<Name>, fromFront(c.attributes.axis, shape.length), [0, 1, 2]);
}

/** indices [B…, I…, k], x [B…, k indexed axes, rest…]: y [B…, I…, rest…], with `batch_dims` axes B. */
function gatherND(c: BatchContext<"GatherND">): BatchAxis | string {
  const [x, indices] = [c.batch(0), c.batch(1)];
  const places = c.shape(1);
  const { batch_dims } = c.attributes;
  const last = places?.at(-1);
  if (!places || typeof last !== "number") return unknownShape;
  if (x && indices) {
    if (x.axis >= batch_dims || x.axis !== indices.axis || !alike(x, indices)) return bothDepend;
    return joined(x, indices);
  }
  if (indices) {
    const inside = indices.axis >= batch_dims && indices.axis < places.length - 1;
    return inside ? indices : fixedRows(c.shape(0));
  }
  const rest = x!.axis - batch_dims - last;
  return rest < 0 ? across : moved(x!, places.length - 1 + rest);
}

/** indices [I…, k], updates [I…, rest…], x [k indexed axes, rest…]: the batch is in the rest of x and updates. */
function scatterND(c: BatchContext<"ScatterND">): BatchAxis | string {
  const [x, indices, updates] = [c.batch(0), c.batch(1), c.batch(2)];
  const places = c.shape(1);
  const last = places?.at(-1);
  if (!places || typeof last !== "number") return unknownShape;
  if (indices) return bothDepend;
  if (!x) return fixedRows(c.shape(0));
  if (x.axis < last) return across;
  if (!updates) return fixedRows(c.shape(2));
  const same = updates.axis === places.length - 1 + x.axis - last && alike(x, updates);
  return same ? joined(x, updates) : differentAxes;
}

export const indexRules: BatchRules<Indexing> = {
  Gather: gather,
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  // y[…, k, …] = on where index[…] = k
  OneHot: (c) =>
    onOnly(c as BatchContext<"OneHot">, 0, (b, rank) =>
      moved(b, b.axis + Number(b.axis >= fromFront(c.attributes.axis, rank + 1))),
    ),
  GatherND: gatherND,
  ScatterND: scatterND,
};
