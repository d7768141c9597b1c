// A network with its plan as files for network.py.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes network.json and weights.bin, and returns what network.json says. */
export function writeNetwork(folder, model, plan, more = {}) {
  const tensors = {};
  const blobs = [];
  let offset = 0;
  for (const [name, { dtype, dims, data: values }] of model.initializers) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    const padded = Math.ceil(bytes.length / 8) * 8;
    tensors[name] = { dtype, dims: [...dims], offset, bytes: bytes.length };
    offset += padded;
    blobs.push(bytes, new Uint8Array(padded - bytes.length));
  }
  writeFileSync(join(folder, "weights.bin"), Buffer.concat(blobs));
  const nodes = model.nodes.map(({ op, inputs, outputs, attributes }) => ({
    op,
    inputs,
    outputs,
    attributes,
  }));
  const shape = {
    ...more,
    input: model.inputs[0],
    output: model.outputs[0],
    tensors,
    nodes,
    trainable: plan.trainable,
    rates: plan.groups.map((g) => g.rate),
    epochs: plan.epochs,
    batch: plan.batch,
    weight_decay: plan.optimizer.weightDecay,
    clip_norm: plan.clipNorm,
    schedule: plan.schedule,
  };
  writeFileSync(join(folder, "network.json"), JSON.stringify(shape));
  return shape;
}
