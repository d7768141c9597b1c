import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-node";
import { afterAll, expect, test } from "vitest";
import { count, uniform } from "../../../test/support/families/draw.js";
import { run } from "../../../test/support/onnx-models.js";
import { castTensor, float32, type Tensor } from "../../core/tensor.js";
import { toOnnx } from "../../graph/to-onnx.js";
import { nodePlatform } from "../../platform/node.js";
import { bert as bertGraph } from "../architectures/bert.js";
import { locateBase } from "../open/locate.js";
import { modelSha256, openModelFile } from "../open/open-base.js";
import { encodeSafetensors } from "../open/safetensors.js";

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: readonly (readonly [string, readonly number[]])[];
  readonly states: readonly (readonly (readonly number[])[])[];
}
/** By scripts/golden/make-encoders.py. */
const golden = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../../test/golden/encoders.json", import.meta.url)), "utf8"),
) as Readonly<Record<"ids" | "mask" | "types", readonly number[][]>> & {
  readonly cases: readonly Case[];
  /** Of the distances from −199 to 199, among 32. */
  readonly buckets: readonly number[];
};
const named = golden.cases.map((one) => [one.name, one] as const);
const bert = golden.cases[0]!;

const root = mkdtempSync(join(tmpdir(), "engraft-encoders-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: readonly string[]): string => join(root, ...names);

/** The tensors of an encoder by their name in its file. */
const tensorsOf = ({ name, tensors }: Case): Map<string, Tensor> =>
  new Map(
    tensors.map(([path, shape]) => {
      const middle = /norm/i.test(path) && path.endsWith("weight") ? 1 : 0;
      return [
        path,
        float32(
          shape,
          uniform(`encoders/${name}/${path}`, count(shape)).map((u) => u - 0.5 + middle),
        ),
      ];
    }),
  );

/** Writes an encoder into a folder. @returns the folder */
function written(
  folder: string,
  {
    config = {},
    tensors = tensorsOf(bert),
    of = bert,
  }: { config?: object; tensors?: ReadonlyMap<string, Tensor>; of?: Case } = {},
): string {
  mkdirSync(at(folder), { recursive: true });
  writeFileSync(at(folder, "config.json"), JSON.stringify({ ...of.config, ...config }));
  writeFileSync(at(folder, "model.safetensors"), encodeSafetensors({ tensors, metadata: { format: "pt" } }));
  return at(folder);
}

const ints = (rows: readonly (readonly number[])[]): ort.Tensor =>
  new ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);

async function statesOf(folder: string): Promise<Float32Array> {
  const { onnx } = await locateBase(folder, { platform: nodePlatform });
  const { graph } = (await openModelFile(onnx, nodePlatform)).imported;
  const given = { input_ids: golden.ids, attention_mask: golden.mask, token_type_ids: golden.types };
  const feeds = graph.inputs.map((name) => [name, ints(given[name as keyof typeof given])] as const);
  const results = await run(toOnnx(graph), Object.fromEntries(feeds));
  return results.last_hidden_state!.data as Float32Array;
}

/** Largest difference from PyTorch over the tokens of both texts; states of padding mean nothing. */
function difference(states: Float32Array, { states: expected }: Case): number {
  const rows = expected.flatMap((text, t) => text.filter((_, place) => golden.mask[t]![place] === 1).flat());
  const width = expected[0]![0]!.length;
  const kept = golden.mask
    .flat()
    .flatMap((on, i) => (on === 1 ? [...states.subarray(i * width, (i + 1) * width)] : []));
  return Math.max(...rows.map((value, i) => Math.abs(value - kept[i]!)));
}

const refused = async (folder: string): Promise<string> => {
  const error = await locateBase(folder, { platform: nodePlatform })
    .then(({ onnx }) => openModelFile(onnx, nodePlatform))
    .then(
      () => undefined,
      (thrown: unknown) => thrown as { readonly kind: string; readonly message: string },
    );
  expect(error?.kind).toBe("ModelError");
  return error!.message.replace("the encoder cannot be read: ", "");
};

test.each(named)("%s computes what PyTorch does", async (name, one) => {
  const folder = written(name, { of: one, tensors: tensorsOf(one) });
  expect(difference(await statesOf(folder), one)).toBeLessThan(2e-6);
  expect((await locateBase(folder, { platform: nodePlatform })).format).toBe("safetensors of Transformers");
});

test("distances between tokens fall into the buckets of MPNet", () => {
  const sizes = { vocabulary: 5, width: 4, layers: 1, heads: 2, inner: 4, positions: 200, buckets: 32 };
  const { data } = bertGraph(sizes).initializers.get("encoder.buckets")!;
  const rows = Array.from(data as BigInt64Array, Number);
  // The last token looks back over 199 others, the first one ahead.
  expect([...rows.slice(-200), ...rows.slice(1, 200)]).toEqual(golden.buckets);
});

test("half precision is widened, and old names of norms are found", async () => {
  const half = (dtype: "float16" | "bfloat16") =>
    new Map([...tensorsOf(bert)].map(([name, tensor]) => [name, castTensor(tensor, dtype) as Tensor]));
  expect(difference(await statesOf(written("fp16", { tensors: half("float16") })), bert)).toBeLessThan(5e-3);
  expect(difference(await statesOf(written("bf16", { tensors: half("bfloat16") })), bert)).toBeLessThan(5e-2);
  const old = new Map(
    [...tensorsOf(bert)].map(([name, tensor]) => [
      name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"),
      tensor,
    ]),
  );
  expect(difference(await statesOf(written("old", { tensors: old })), bert)).toBeLessThan(2e-6);
});

test("a file in several parts is the same encoder", async () => {
  const all = [...tensorsOf(bert)];
  const parts = [new Map(all.slice(0, 7)), new Map(all.slice(7))];
  const names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
  const folder = written("parts");
  rmSync(at("parts", "model.safetensors"));
  for (const [i, name] of names.entries())
    writeFileSync(at("parts", name), encodeSafetensors({ tensors: parts[i]!, metadata: {} }));
  const index = (map: object) =>
    writeFileSync(at("parts", "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
  index(Object.fromEntries(parts.flatMap((part, i) => [...part.keys()].map((name) => [name, names[i]!]))));
  expect(difference(await statesOf(folder), bert)).toBeLessThan(2e-6);
  // A tensor that another part has too is that of the part that the index names.
  const [word, table] = all[0]!;
  const other = float32(table.dims, new Float32Array(count(table.dims)));
  const second = encodeSafetensors({ tensors: new Map([...parts[1]!, [word, other]]), metadata: {} });
  writeFileSync(at("parts", names[1]!), second);
  expect(difference(await statesOf(folder), bert)).toBeLessThan(2e-6);
  index({ a: "../model.safetensors" });
  expect(await refused(folder)).toContain('its folder: "../model.safetensors"');
  index({ a: "more.safetensors" });
  expect(await refused(folder)).toBe("more.safetensors is not beside its index");
  symlinkSync(at("bert", "model.safetensors"), at("parts", "more.safetensors"));
  expect(await refused(folder)).toContain("more.safetensors are a link");
  // A cache keeps the index and its parts in one other folder.
  index(Object.fromEntries(parts.flatMap((part, i) => [...part.keys()].map((name) => [name, names[i]!]))));
  mkdirSync(at("snapshot"));
  for (const name of [...names, "model.safetensors.index.json", "config.json"])
    symlinkSync(at("parts", name), at("snapshot", name));
  expect(difference(await statesOf(at("snapshot")), bert)).toBeLessThan(2e-6);
});

/** Writes an encoder, with another header of its safetensors. */
function rewritten(folder: string, change: (header: Record<string, { dtype: string }>) => void): string {
  written(folder);
  const bytes = readFileSync(at(folder, "model.safetensors"));
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString("utf8", 8, end));
  change(header);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(at(folder, "model.safetensors"), Buffer.concat([length, json, bytes.subarray(end)]));
  return at(folder);
}

test.each(["I8", "U8", "F8_E4M3", "F8_E5M2"])("weights of the type %s are quantised", async (dtype) => {
  const name = "encoder.layer.0.output.dense.weight";
  const folder = rewritten(`quantised-${dtype}`, (header) => {
    header[name]!.dtype = dtype;
  });
  expect(await refused(folder)).toMatch(
    new RegExp(`^${name} has .* "${dtype}": its weights are quantised, and F64, F32, F16, BF16 are read$`),
  );
});

test("the segments of a config.json without their number are the rows of their table", async () => {
  const folder = written("segments", { config: { type_vocab_size: undefined } });
  expect(difference(await statesOf(folder), bert)).toBeLessThan(2e-6);
  const none = written("no-segments", {
    config: { type_vocab_size: undefined },
    tensors: without("embeddings.token_type_embeddings.weight"),
  });
  expect(await refused(none)).toMatch(
    /^1 tensors of bert are missing: embeddings\.token_type_embeddings\.weight/,
  );
});

test("tensors that the encoder does not need are named", async () => {
  const tensors = new Map([
    ...tensorsOf(bert),
    ["pooler.dense.weight", float32([8, 8], new Float32Array(64))],
  ]);
  const { imported } = await openModelFile(
    join(written("pooler", { tensors }), "model.safetensors"),
    nodePlatform,
  );
  expect(imported.notes).toEqual([
    "read from safetensors of bert",
    "1 tensors that the encoder does not need were left out: pooler.dense.weight",
  ]);
});

const without = (...names: readonly string[]): ReadonlyMap<string, Tensor> =>
  new Map([...tensorsOf(bert)].filter(([name]) => !names.includes(name)));

test.each([
  [
    "weights of another architecture",
    { tensors: new Map([["layers.0.attention.wq.weight", float32([8, 8], new Float32Array(64))]]) },
    /^37 tensors of bert are missing: embeddings\.word_embeddings\.weight, .*; the file has layers\.0\.attention\.wq\.weight$/,
  ],
  [
    "a missing tensor",
    { tensors: without("encoder.layer.1.output.dense.bias") },
    /^1 tensors of bert are missing: encoder\.layer\.1\.output\.dense\.bias; the file has /,
  ],
  [
    "another size",
    { config: { intermediate_size: 16 } },
    /^encoder\.layer\.0\.intermediate\.dense\.weight has the sizes \[12,8\], and config\.json asks for \[16,8\]$/,
  ],
  [
    "no size",
    { config: { hidden_size: "8" } },
    /hidden_size in config\.json is "8", and is the number of numbers of a state$/,
  ],
  [
    "two encoders",
    {
      tensors: new Map([
        ...tensorsOf(bert),
        ["bert.embeddings.word_embeddings.weight", float32([1], [0])] as const,
      ]),
    },
    /^embeddings\.word_embeddings\.weight and bert\.embeddings\.word_embeddings\.weight are both there, and an encoder has one of them$/,
  ],
  [
    "quantised weights",
    { config: { quantization_config: { quant_method: "bitsandbytes", load_in_8bit: true } } },
    /^its weights are quantised: "bitsandbytes"$/,
  ],
  ["no segments", { config: { type_vocab_size: 0 } }, /^type_vocab_size in config\.json is 0, .* segments$/],
  ["segments in words", { config: { type_vocab_size: "2" } }, /^type_vocab_size in config\.json is "2"/],
  [
    "an epsilon in words",
    { config: { layer_norm_eps: "1e-12" } },
    /^layer_norm_eps in config\.json is "1e-12", and is between 0 and 1$/,
  ],
  [
    "a huge encoder",
    {
      config: { vocab_size: 4e6, hidden_size: 16_384, num_hidden_layers: 200, num_attention_heads: 256 },
      tensors: new Map([["a", float32([1], [0])]]),
    },
    /^3205 tensors of bert are missing: /,
  ],
  ["a huge size", { config: { num_hidden_layers: 1e9 } }, /num_hidden_layers in config\.json is 1000000000/],
  [
    "relative positions",
    { config: { position_embedding_type: "relative_key" } },
    /its positions are "relative_key"$/,
  ],
  [
    "buckets",
    { config: { model_type: "mpnet", relative_attention_num_buckets: 7 } },
    /^relative_attention_num_buckets in config\.json is 7$/,
  ],
  [
    "too many distances",
    { config: { model_type: "mpnet", max_position_embeddings: 90_000 } },
    /^it has 90000 positions, .* at most 2048 are read$/,
  ],
  ["a decoder", { config: { is_decoder: true } }, /it is a decoder$/],
  ["an activation", { config: { hidden_act: "snake" } }, /its activation is "snake"$/],
  ["heads", { config: { num_attention_heads: 3 } }, /8 numbers of a state are not divided by 3 heads$/],
])("%s is refused in one sentence", async (name, change, message) => {
  expect(await refused(written(name.replaceAll(" ", "-"), change))).toMatch(message);
});

test("an architecture that is not read keeps its command", async () => {
  const folder = written("my llama", { config: { model_type: "llama" } });
  expect(await refused(folder)).toMatch(
    /^its model_type is "llama", which is none of those that are read from safetensors: bert, roberta, /,
  );
  const { onnx } = await locateBase(folder, { platform: nodePlatform });
  await expect(openModelFile(onnx, nodePlatform)).rejects.toMatchObject({
    help: `export it as ONNX: optimum-cli export onnx --model "${folder}" model/`,
  });
});

test("a folder without config.json, or with a broken one, says so", async () => {
  const folder = written("without-config");
  writeFileSync(at("without-config", "config.json"), "{nope");
  expect(await refused(folder)).toMatch(/^config\.json is not JSON: /);
  rmSync(at("without-config", "config.json"));
  expect(await refused(folder)).toBe("config.json, which says its sizes, is not beside its weights");
});

test("an archive beside an encoder is not taken for the model", async () => {
  const folder = written("beside");
  writeFileSync(at("beside", "sources.zip"), "");
  expect((await locateBase(folder, { platform: nodePlatform })).onnx).toBe(at("beside", "model.safetensors"));
});

test("another config.json is another model for the cache of features", async () => {
  const hashes = await Promise.all(
    [1e-12, 1e-5].map(async (epsilon) => {
      const folder = written(`epsilon-${epsilon}`, { config: { layer_norm_eps: epsilon } });
      const opened = await openModelFile(join(folder, "model.safetensors"), nodePlatform);
      return modelSha256(opened, nodePlatform);
    }),
  );
  expect(new Set(hashes).size).toBe(2);
});

test("positions that begin behind another padding are refused", async () => {
  const roberta = golden.cases[1]!;
  const folder = written("padding", {
    of: roberta,
    tensors: tensorsOf(roberta),
    config: { pad_token_id: 0 },
  });
  expect(await refused(folder)).toContain("its padding is token 0");
});

test("a damaged file says so", async () => {
  const folder = written("damaged");
  writeFileSync(at("damaged", "model.safetensors"), "not a header");
  expect(await refused(folder)).toMatch(/^its header would be \d+ bytes long$/);
  await expect(openModelFile(at("damaged", "model.safetensors"), nodePlatform)).rejects.toMatchObject({
    help: "the file is damaged: copy or download it again",
  });
  writeFileSync(
    at("damaged", "model.safetensors"),
    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n",
  );
  expect(await refused(folder)).toMatch(/^it is a Git LFS pointer, /);
});
