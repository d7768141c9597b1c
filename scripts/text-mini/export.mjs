// Writes assets/text-mini from the state of the pretraining: weights, tokenizer, configuration, licence and
// attribution, and the facts for the card (scripts/text-mini/card.mjs; its table: scripts/text-mini/evaluate.mjs
// --json).
//
//   node scripts/build.mjs && node scripts/text-mini/export.mjs FOLDER [--state DIR] [--to DIR] [--unfinished]
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bert } from "../../dist/bases/architectures/index.js";
import { toOnnx } from "../../dist/graph/to-onnx.js";
import { sha256 } from "../../dist/platform/node.js";
import { decodeCheckpoint } from "../../dist/train/epochs/checkpoint.js";
import { startProgram } from "../start-program.mjs";
import { attribution, license } from "./attribution.mjs";
import { fillWeights } from "./networks.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { values, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["data", "state"],
  options: {
    state: { type: "string", about: "folder of the saved state (default .cache/pretrain-text)" },
    to: { type: "string", about: "folder to write (default assets/text-mini)" },
    unfinished: { type: "boolean", about: "write a pretraining that is not complete" },
  },
});
const [folder] = positionals;
const stateDir = values.state ?? join(root, ".cache/pretrain-text");
const out = values.to ?? join(root, "assets/text-mini");
const { tensors, note } = decodeCheckpoint(readFileSync(join(stateDir, "last.safetensors")), stateDir);
const last = ["pairs", "masked", "words"].find((stage) => note.recipe[stage].steps > 0);
if (!values.unfinished && (note.stage !== last || note.done < note.of))
  throw new Error(`pretraining is not complete: stage ${note.stage}, step ${note.done} of ${note.of}`);

const words = tensors.get("embeddings.word_embeddings.weight");
const network = { ...note.recipe.network, vocabulary: words.dims[0] };
const graph = bert(network);
// Untrained layers keep their initial weights: random, adding nothing.
fillWeights(graph, note.recipe.seed);
for (const name of graph.initializers.keys())
  if (tensors.has(name)) graph.initializers.set(name, tensors.get(name));
const onnx = toOnnx(graph, { fp16Initializers: true });
const config = {
  architectures: ["BertModel"],
  model_type: "bert",
  vocab_size: network.vocabulary,
  hidden_size: network.vectors,
  num_hidden_layers: network.layers,
  num_attention_heads: network.heads,
  intermediate_size: network.inner,
  max_position_embeddings: network.positions,
  type_vocab_size: 1,
  hidden_act: "gelu",
  layer_norm_eps: 1e-12,
  hidden_dropout_prob: 0,
  attention_probs_dropout_prob: 0,
  pad_token_id: 0,
};
const pooling = {
  word_embedding_dimension: network.vectors,
  pooling_mode_cls_token: false,
  pooling_mode_mean_tokens: true,
  pooling_mode_max_tokens: false,
  pooling_mode_mean_sqrt_len_tokens: false,
};
const json = (file, value) => writeFileSync(join(out, file), `${JSON.stringify(value, undefined, 2)}\n`);
for (const part of ["onnx", "1_Pooling"]) mkdirSync(join(out, part), { recursive: true });
writeFileSync(join(out, "onnx/model.onnx"), onnx);
json("config.json", config);
json("1_Pooling/config.json", pooling);
for (const file of ["tokenizer.json", "tokenizer_config.json"])
  copyFileSync(join(stateDir, file), join(out, file));
copyFileSync(join(stateDir, "log.jsonl"), join(out, "training-log.jsonl"));
writeFileSync(join(out, "LICENSE"), license);
writeFileSync(join(out, "ATTRIBUTION.md"), attribution(join(folder, "data/pretrain_text")));
const facts = {
  sha256: sha256(onnx),
  bytes: onnx.length,
  tokenizer_bytes: readFileSync(join(out, "tokenizer.json")).length,
  parameters: [...graph.initializers.values()].reduce(
    (n, t) => n + (t.dtype === "float32" ? t.data.length : 0),
    0,
  ),
  pretraining: {
    stage: note.stage,
    done: note.done,
    of: note.of,
    seconds: Math.round(note.seconds),
    recipe: note.recipe,
  },
};
json("facts.json", facts);
console.log(JSON.stringify(facts));
