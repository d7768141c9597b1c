// Text encoders of the shared folder as bases: each gets a tokenizer.json for its own tokens.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Graph, toOnnx } from "../../dist/graph/index.js";

const mark = (id, content) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

/**
 * Options of `train` for each base.
 * @param cache the folders are created there, once
 */
export function textBases(folder, cache) {
  const models = join(folder, "models");
  const made = (name, write) => {
    const at = join(cache, "bases", name);
    if (existsSync(at)) return at;
    rmSync(`${at}.half`, { recursive: true, force: true });
    mkdirSync(`${at}.half`, { recursive: true });
    write(`${at}.half`, (file, value) => writeFileSync(join(`${at}.half`, file), JSON.stringify(value)));
    renameSync(`${at}.half`, at);
    return at;
  };
  return {
    "text-mini": { base: "text-mini" },
    get "chinese-char-bilstm"() {
      const base = made("chinese-char-bilstm", (at, json) =>
        bilstm(join(models, "chinese-char-bilstm"), at, json),
      );
      return { base, pooling: "mean" };
    },
    get "text-mini+chinese-char-bilstm"() {
      return { base: `text-mini+${this["chinese-char-bilstm"].base}` };
    },
    get "glove-50d-5k"() {
      const base = made("glove-50d-5k", (at, json) => glove(join(models, "glove-50d-5k"), at, json));
      return { base, pooling: "mean" };
    },
    get "tinystories-260k"() {
      const base = made("tinystories-260k", (at, json) =>
        stories(join(models, "tinystories-260k"), at, json),
      );
      return { base, pooling: "last" };
    },
  };
}

/** Each character is a token. */
function bilstm(from, at, json) {
  cpSync(join(from, "fool_seg.onnx"), join(at, "model.onnx"));
  const { char_map: vocab } = JSON.parse(readFileSync(join(from, "fool_char_map.json"), "utf8"));
  json("tokenizer.json", {
    version: "1.0",
    added_tokens: [mark(0, "<PAD>")],
    normalizer: null,
    pre_tokenizer: { type: "Split", pattern: { Regex: "." }, behavior: "Isolated", invert: false },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "<OOV>",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  });
  json("tokenizer_config.json", { pad_token: "<PAD>", unk_token: "<OOV>" });
}

/** A network that is one embedding table: row 0 pads, row 1 is for unknown words, both are 0. */
function glove(from, at, json) {
  const words = JSON.parse(readFileSync(join(from, "glove-50d-5k.json"), "utf8"));
  const names = Object.keys(words);
  const width = words[names[0]].length;
  const data = new Float32Array((names.length + 2) * width);
  for (const [i, name] of names.entries()) data.set(words[name], (i + 2) * width);
  const graph = new Graph("glove");
  const ids = graph.input("input_ids", { dtype: "int64", shape: ["batch", "length"] });
  const table = graph.initializer("embeddings.weight", {
    dtype: "float32",
    dims: [names.length + 2, width],
    data,
  });
  const rows = graph.fresh("last_hidden_state");
  graph.push(
    {
      kind: "op",
      op: "Gather",
      name: "embeddings",
      inputs: [table, ids],
      outputs: [rows],
      attributes: { axis: 0 },
    },
    [{ dtype: "float32", shape: ["batch", "length", width] }],
  );
  graph.outputs.push(rows);
  writeFileSync(join(at, "model.onnx"), toOnnx(graph));
  const vocab = Object.fromEntries([["[PAD]", 0], ["[UNK]", 1], ...names.map((name, i) => [name, i + 2])]);
  json("tokenizer.json", {
    version: "1.0",
    added_tokens: [mark(0, "[PAD]"), mark(1, "[UNK]")],
    normalizer: { type: "Lowercase" },
    pre_tokenizer: { type: "WhitespaceSplit" },
    post_processor: null,
    decoder: null,
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  });
  json("tokenizer_config.json", { pad_token: "[PAD]", unk_token: "[UNK]" });
}

/** SentencePiece's merges: every way to split a piece in two, those of the better piece first. */
function stories(from, at, json) {
  cpSync(join(from, "stories260K.onnx"), join(at, "model.onnx"));
  const { vocab: pieces } = JSON.parse(readFileSync(join(from, "tok512.json"), "utf8"));
  const written = pieces.map(([piece], i) =>
    i === 1 ? "<s>" : i === 2 ? "</s>" : i < 259 ? piece : piece.replaceAll(" ", "▁"),
  );
  const vocab = Object.fromEntries(written.map((piece, i) => [piece, i]));
  const merges = pieces
    .map(([, score], id) => ({ id, score, piece: written[id] }))
    .slice(259)
    .sort((a, b) => b.score - a.score)
    .flatMap(({ piece }) =>
      [...piece]
        .map((_, i, all) => [all.slice(0, i).join(""), all.slice(i).join("")])
        .filter(([a, b]) => a !== "" && a in vocab && b in vocab),
    );
  json("tokenizer.json", {
    version: "1.0",
    added_tokens: [mark(0, "<unk>"), mark(1, "<s>"), mark(2, "</s>")],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    },
    decoder: null,
    model: { type: "BPE", unk_token: "<unk>", byte_fallback: true, fuse_unk: true, vocab, merges },
  });
  json("tokenizer_config.json", {
    unk_token: "<unk>",
    bos_token: "<s>",
    eos_token: "</s>",
    model_max_length: 512,
  });
  json("config.json", { model_type: "llama", max_position_embeddings: 512 });
}
