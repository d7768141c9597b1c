import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { draws } from "../../src/core/random.js";
import { float32 } from "../../src/core/tensor.js";
import { Builder } from "../../src/graph/builder.js";
import { Graph } from "../../src/graph/graph.js";
import { toOnnx } from "../../src/graph/to-onnx.js";

/** Words that the tiny base knows; the marks of BERT before them. */
export const words =
  "good fine great lovely nice bad poor awful broken slow the book film soup phone was is it very so really and this all".split(
    " ",
  );
const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...words];
/** As `vocab.txt` has them. */
export const vocabularyText = `${vocabulary.join("\n")}\n`;
const [width, positions] = [32, 24];

/** One layer of attention with random weights, as exporters write an encoder: ids and mask in, `last_hidden_state` out. */
export function tinyEncoder(rows: number = vocabulary.length, segments = false): Graph {
  const graph = new Graph("tiny");
  const shape = ["batch_size", "sequence_length"];
  const ids = graph.input("input_ids", { dtype: "int64", shape });
  const mask = graph.input("attention_mask", { dtype: "int64", shape });
  const types = segments ? graph.input("token_type_ids", { dtype: "int64", shape }) : undefined;
  const g = new Builder(graph);
  const random = (name: string, dims: readonly number[], scale: number) => {
    const source = draws(7, name);
    const size = dims.reduce((n, d) => n * d, 1);
    return g.weight(
      name,
      float32(
        dims,
        Float32Array.from({ length: size }, () => scale * source.normal()),
      ),
    );
  };
  const one = g.number(1, "int64");
  const places = g.sub(g.node("CumSum", [mask, one], { exclusive: false, reverse: false }), one);
  const plain = g.add(
    g.gather(random("words", [rows, width], 1), ids),
    g.gather(random("positions", [positions, width], 0.1), g.max(places, g.number(0, "int64"))),
  );
  const x = types ? g.add(plain, g.gather(random("segments", [2, width], 1), types)) : plain;
  const by = (name: string) => g.matmul(x, random(name, [width, width], 0.25));
  const hidden = g.mul(g.sub(g.cast(mask, "float32"), g.number(1)), g.number(1e4));
  const scores = g.add(
    g.mul(g.matmul(by("query"), g.transpose(by("key"), [0, 2, 1])), g.number(0.25)),
    g.unsqueeze(hidden, [1]),
  );
  const mixed = g.add(x, g.matmul(g.softmax(scores), by("value")));
  graph.push(
    {
      kind: "op",
      op: "Identity",
      name: "out",
      inputs: [mixed],
      outputs: ["last_hidden_state"],
      attributes: {},
    },
    [{ dtype: "float32", shape: [...shape, width] }],
  );
  graph.outputs.push("last_hidden_state");
  return graph;
}

/** Features of a token from itself and the one before it, as a decoder's are: h = x + tanh(x W + previous V). */
export function tinyDecoder(): Graph {
  const graph = new Graph("tiny decoder");
  const shape = ["batch_size", "sequence_length"];
  const ids = graph.input("input_ids", { dtype: "int64", shape });
  const g = new Builder(graph);
  const random = (name: string, dims: readonly number[], scale: number) => {
    const source = draws(8, name);
    const data = Float32Array.from({ length: dims[0]! * dims[1]! }, () => scale * source.normal());
    return g.weight(name, float32(dims, data));
  };
  const x = g.gather(random("words", [vocabulary.length, width], 0.5), ids);
  const first = g.slice(x, { starts: [0], ends: [1], axes: [1] });
  const others = g.slice(x, { starts: [0], ends: [-1], axes: [1] });
  const before = g.concat([g.mul(first, g.number(0)), others], 1);
  const by = (value: string, name: string) => g.matmul(value, random(name, [width, width], 0.1));
  const hidden = g.add(x, g.tanh(g.add(by(x, "own"), by(before, "before"))));
  const out = { kind: "op", op: "Identity", name: "out", inputs: [hidden], attributes: {} } as const;
  graph.push({ ...out, outputs: ["last_hidden_state"] }, [{ dtype: "float32", shape: [...shape, width] }]);
  graph.outputs.push("last_hidden_state");
  return graph;
}

/** A folder in Hugging Face layout with {@link tinyEncoder}, its words, and mean pooling. */
export function writeTextBase(
  folder: string,
  rows?: number,
  {
    segments = false,
    graph = tinyEncoder(rows, segments),
  }: { readonly segments?: boolean; readonly graph?: Graph } = {},
): string {
  mkdirSync(join(folder, "onnx"), { recursive: true });
  mkdirSync(join(folder, "1_Pooling"), { recursive: true });
  const json = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  writeFileSync(join(folder, "onnx", "model.onnx"), toOnnx(graph));
  writeFileSync(join(folder, "vocab.txt"), vocabularyText);
  json("config.json", { model_type: "bert", max_position_embeddings: positions });
  json("1_Pooling/config.json", { pooling_mode_mean_tokens: true });
  return folder;
}

/** Short reviews, half of them good, no two the same. */
export function reviews(count: number): { readonly text: string; readonly label: string }[] {
  const source = draws(3, "reviews");
  const one = (list: readonly string[]) => list[Math.floor(source.uniform() * list.length)]!;
  const made = new Map<string, string>();
  while (made.size < count) {
    const good = made.size % 2 === 0;
    const some = (list: readonly string[], most: number) =>
      Array.from({ length: Math.floor(source.uniform() * (most + 1)) }, () => one(list));
    const text = [
      "the",
      one(words.slice(11, 15)),
      "was",
      ...some(["very", "so", "really"], 2),
      one(good ? words.slice(0, 5) : words.slice(5, 10)),
      ...some(["and", "it", "is", "this", "all"], 5),
    ].join(" ");
    if (!made.has(text)) made.set(text, good ? "good" : "bad");
  }
  return [...made].map(([text, label]) => ({ text, label }));
}
