// Measures how bases in other forms than ONNX are read.
//
// node scripts/measure/importers.mjs MODELS compares models of TF.js with ONNX files of the same weights. MODELS is a folder whose folders
// hold model.json, its shards and an ONNX file. Prints the largest difference of the outputs for random pictures, and the seconds of each
// reading.
//
// node scripts/measure/importers.mjs --memory 400 writes a BERT of that many megabytes with random weights into a temporary folder, opens it
// as a base in a process of its own, and prints the largest memory of that process.
import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bert } from "../../dist/bases/architectures/bert.js";
import { openModelFile } from "../../dist/bases/open/open-base.js";
import { draws } from "../../dist/core/random.js";
import { float32, zeros } from "../../dist/core/tensor.js";
import { nodePlatform } from "../../dist/platform/node.js";
import { openSession } from "../../dist/runtime/open.js";
import { nodeRuntime } from "../../dist/runtime/ort-node.js";
import { startProgram } from "../start-program.mjs";

const { positionals, values } = startProgram(import.meta.url, {
  takes: "[MODELS]",
  needs: ["models"],
  options: { memory: { type: "number", about: "megabytes of an encoder whose opening is measured" } },
});
if (values.memory !== undefined) measureMemory(values.memory);
else if (positionals.length > 0) await compareOutputs(positionals[0]);
else {
  console.error("give MODELS, or --memory and a number of megabytes");
  process.exitCode = 2;
}

/** Prints how the outputs of models of TF.js differ from those of their ONNX files. */
async function compareOutputs(models) {
  const runtime = await nodeRuntime({ threads: 1 });
  for (const name of readdirSync(models)) {
    const folder = join(models, name);
    const onnx =
      existsSync(join(folder, "model.json")) && readdirSync(folder).find((file) => file.endsWith(".onnx"));
    if (!onnx) continue;
    const [imported, twin] = [
      await outputsOf(runtime, join(folder, "model.json")),
      await outputsOf(runtime, join(folder, onnx)),
    ];
    const { data } = twin;
    const difference = data.reduce((most, value, i) => Math.max(most, Math.abs(value - imported.data[i])), 0);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    console.log(
      `${name}: ${data.length} outputs, largest difference ${difference.toExponential(1)} of ${largest.toFixed(1)}; read in ${imported.seconds.toFixed(2)} s, its ONNX file in ${twin.seconds.toFixed(2)} s`,
    );
  }
  await runtime.close();
}

/** Reads a model and returns its outputs for random pictures, all -1 to 1. */
async function outputsOf(runtime, path) {
  const begun = performance.now();
  const { graph } = (await openModelFile(path, nodePlatform)).imported;
  const seconds = (performance.now() - begun) / 1000;
  const [input] = graph.inputs;
  const shape = [2, ...graph.typeOf(input).shape.slice(1)];
  const random = draws(1, "pictures");
  const pixels = Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    () => 2 * random.uniform() - 1,
  );
  const session = await openSession(runtime, graph);
  const [result] = Object.values(await session.run({ [input]: float32(shape, pixels) }));
  await session.dispose();
  return { data: result.data, seconds };
}

/** Prints the largest memory of a process that opens an encoder in safetensors. @param megabytes size of its weights */
function measureMemory(megabytes) {
  const folder = mkdtempSync(join(tmpdir(), "engraft-encoder-"));
  try {
    const bytes = writeBert(folder, megabytes * 2 ** 20);
    const open = `import { openTextBase } from "${new URL("../../dist/bases/text/text-base.js", import.meta.url)}";
      import { nodePlatform as platform } from "${new URL("../../dist/platform/node.js", import.meta.url)}";
      const before = process.resourceUsage().maxRSS;
      const begun = performance.now();
      const base = await openTextBase(process.argv[1], { platform });
      const seconds = (performance.now() - begun) / 1000;
      console.log(JSON.stringify({ before, seconds, peak: process.resourceUsage().maxRSS, nodes: base.imported.graph.nodes.length }));`;
    const said = execFileSync(process.execPath, ["--input-type=module", "-e", open, folder], {
      encoding: "utf8",
    });
    const { before, peak, seconds } = JSON.parse(said);
    // maxRSS is in kilobytes.
    const share = (1024 * peak) / bytes;
    console.log(
      `${(bytes / 2 ** 20).toFixed(0)} MB in safetensors, opened in ${seconds.toFixed(1)} s: peak ${(peak / 1024).toFixed(0)} MB, ${share.toFixed(2)} times its size; ${(before / 1024).toFixed(0)} MB before it was opened`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes an encoder of about these bytes with random weights, one tensor after the other. @returns its bytes */
function writeBert(folder, bytes) {
  const [width, inner, positions, rows] = [768, 3072, 512, 30_522];
  const layerSize = 4 * (4 * (width * width + width) + 2 * width * inner + inner + 5 * width);
  const layers = Math.max(1, Math.round((bytes - 4 * width * (rows + positions + 4)) / layerSize));
  const tensors = [];
  bert({ vocabulary: rows, width, layers, heads: 12, inner, positions, types: 2 }, (name, dims) => {
    const isLinear = dims.length === 2 && !name.startsWith("embeddings.");
    tensors.push({ name: `bert.${name}`, shape: isLinear ? [dims[1], dims[0]] : [...dims] });
    return zeros("float32", dims);
  });
  const header = {};
  let offset = 0;
  const sizeOf = (shape) => 4 * shape.reduce((a, b) => a * b, 1);
  for (const { name, shape } of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset + sizeOf(shape)] };
    offset += sizeOf(shape);
  }
  const json = JSON.stringify(header);
  const text = Buffer.from(json.padEnd(8 * Math.ceil(json.length / 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(join(folder, "model.safetensors"), "w");
  for (const part of [length, text]) writeSync(file, part);
  const random = draws(1, "weights");
  const numbers = Float32Array.from({ length: 2 ** 20 }, () => 0.02 * random.normal());
  for (const { shape } of tensors)
    for (let left = sizeOf(shape); left > 0; left -= numbers.byteLength)
      writeSync(file, new Uint8Array(numbers.buffer, 0, Math.min(left, numbers.byteLength)));
  closeSync(file);
  const config = {
    ...{
      model_type: "bert",
      vocab_size: rows,
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: 12,
    },
    ...{
      intermediate_size: inner,
      max_position_embeddings: positions,
      type_vocab_size: 2,
      hidden_act: "gelu",
    },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const words = Array.from({ length: rows - 4 }, (_, i) => `w${i}`);
  writeFileSync(join(folder, "vocab.txt"), `${["[PAD]", "[UNK]", "[CLS]", "[SEP]", ...words].join("\n")}\n`);
  return 8 + text.length + offset;
}
