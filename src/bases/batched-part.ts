import { EngraftError } from "../core/errors.js";
import { formatType } from "../core/shape.js";
import type { Graph } from "../graph/graph.js";
import type { Value } from "../graph/node.js";
import { foldConstants, removeDeadCode } from "../graph/passes/index.js";
import { extract, symbolicBatch } from "../graph/surgery/index.js";

/**
 * Returns the part of a base that computes some values, for a batch of any size. A file with a fixed batch may mix its
 * samples in its head alone, so the part is checked and not the file.
 * @throws ModelError if the batch of the part is fixed, and an operator is not proved to treat each sample alone; or if
 * the part was exported in training mode
 */
export function batchedPart(base: Graph, values: readonly Value[]): Graph {
  const part = extract(base, values);
  refuseTrainingMode(part);
  const free = symbolicBatch(part);
  if (typeof free === "string") throw fixedBatch(part, free);
  return free ? removeDeadCode(foldConstants(free)) : part;
}

function fixedBatch(part: Graph, why: string): EngraftError {
  const [input = ""] = part.inputs;
  const rows = part.typeOf(input).shape?.[0];
  return new EngraftError(
    "ModelError",
    `the base takes ${rows === 1 ? "1 sample" : `${rows} samples`} at a time, and its batch cannot be changed: ${why}`,
    {
      at: part.inputs.map((v) => `input ${v} ${formatType(part.typeOf(v))}`).join(", "),
      help: 'export it with an open batch, for example by torch.onnx.export(…, dynamic_axes={"input": {0: "batch"}}); or cut it before that operator: --cut VALUE',
      details: { rows, why },
    },
  );
}

/** @throws ModelError for a Dropout that drops values, or a BatchNormalization that uses the statistics of its batch */
function refuseTrainingMode(part: Graph): void {
  for (const node of part.nodes) {
    const drops = node.kind === "opaque" && node.op === "Dropout";
    const measures = node.kind === "op" && node.op === "BatchNormalization" && node.attributes.training_mode;
    if (!drops && !measures) continue;
    const does = drops ? "drops values at random" : "normalises by the other samples of the batch";
    throw new EngraftError(
      "ModelError",
      `the base was exported in training mode: ${node.op} "${node.name || node.outputs[0]}" ${does}`,
      {
        at: `value "${node.outputs[0]}"`,
        help: "export it in inference mode: model.eval() in PyTorch, and without training=TrainingMode.TRAINING",
        details: { node: node.name, op: node.op },
      },
    );
  }
}
