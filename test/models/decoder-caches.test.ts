// Caches of decoders in the forms that exporters write: each continues texts as the plain file does, or is not used.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { afterAll, expect, test } from "vitest";
import { int64 } from "../../src/core/tensor.js";
import { type GeneratedText, openTextGenerator } from "../../src/index.js";
import {
  attribute as a,
  DataLocation,
  DataType,
  type GraphProto,
  GraphProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  readModel,
  readType,
  tensorProto,
  valueInfo,
  writeModel,
} from "../../src/onnx/index.js";
import { decoderFile, writeDecoder } from "../support/golden-decoders.js";

const root = mkdtempSync(join(tmpdir(), "engraft-caches-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const node = (opType: string, input: string[], output: string[], attribute: NodeProto["attribute"] = []) =>
  create(NodeProtoSchema, { opType, name: output[0]!, input, output, attribute });
const isPast = ({ name }: { name: string }) => name.startsWith("past");

/** Gives values of nodes other names. */
function rename(nodes: readonly NodeProto[], names: ReadonlyMap<string, string>): void {
  for (const one of nodes) {
    one.input = one.input.map((name) => names.get(name) ?? name);
    one.output = one.output.map((name) => names.get(name) ?? name);
  }
}

/** Two branches as optimum merges them: the one without a cache does not see its inputs. */
function merge(graph: GraphProto): void {
  const branch = (suffix: string, seesPast: boolean) => {
    const { node: nodes, output } = structuredClone({ node: graph.node, output: graph.output });
    const own = new Map(
      nodes.flatMap((one) => one.output.map((name) => [name, `${name}${suffix}`] as const)),
    );
    const pasts = seesPast ? [] : graph.input.filter(isPast).map(({ name }) => name);
    for (const name of pasts) own.set(name, `${name}${suffix}`);
    rename(nodes, own);
    const cut = pasts.map((name) => node("Slice", [name, "zero", "zero", "two"], [own.get(name)!]));
    return create(GraphProtoSchema, {
      ...{ name: suffix, node: [...cut, ...nodes] },
      output: output.map((info) => valueInfo(own.get(info.name)!, readType(info))),
    });
  };
  const names = graph.output.map(({ name }) => name);
  const branches = [
    a.graph("then_branch", branch("/then", true)),
    a.graph("else_branch", branch("/else", false)),
  ];
  graph.initializer.push(tensorProto("zero", int64([1], [0])), tensorProto("two", int64([1], [2])));
  graph.input.push(valueInfo("use_cache_branch", { dtype: "bool", shape: [1] }));
  graph.node = [node("If", ["use_cache_branch"], names, branches)];
}

/** The cache in 16-bit floats; everything else in 32 bits. */
function halve(graph: GraphProto): void {
  const names = new Map<string, string>();
  const casts = (values: GraphProto["input"]) =>
    values.map((info) => {
      names.set(info.name, `${info.name}/float32`);
      return valueInfo(info.name, { dtype: "float16", shape: readType(info)!.shape! });
    });
  const [pasts, presents] = [graph.input.filter(isPast), graph.output.slice(1)];
  graph.input = [...graph.input.filter((info) => !isPast(info)), ...casts(pasts)];
  graph.output = [graph.output[0]!, ...casts(presents)];
  rename(graph.node, names);
  const cast = (from: string, to: string, type: number) => node("Cast", [from], [to], [a.int("to", type)]);
  graph.node = [
    ...pasts.map(({ name }) => cast(name, names.get(name)!, DataType.FLOAT)),
    ...graph.node,
    ...presents.map(({ name }) => cast(names.get(name)!, name, DataType.FLOAT16)),
  ];
}

/** Scores of the last tokens only, by an input that says how many. 0: all. */
function keepLast(graph: GraphProto): void {
  rename(graph.node, new Map([["logits", "logits/all"]]));
  graph.input.push(valueInfo("num_logits_to_keep", { dtype: "int64", shape: [] }));
  graph.initializer.push(
    tensorProto("axis 0", int64([1], [0])),
    tensorProto("axis 1", int64([1], [1])),
    tensorProto("end", int64([1], [2 ** 40])),
  );
  graph.node.push(
    node("Neg", ["num_logits_to_keep"], ["minus"]),
    node("Unsqueeze", ["minus", "axis 0"], ["start"]),
    node("Slice", ["logits/all", "start", "end", "axis 1"], ["logits"]),
  );
}

/** Each layer's keys and values under the name of the other. */
function swap(graph: GraphProto): void {
  const pairs = graph.output.slice(1).map(({ name }) => name);
  rename(graph.node, new Map(pairs.map((name, i) => [name, pairs[i ^ 1]!])));
}

/** Names of an older exporter. */
function renamed(graph: GraphProto): void {
  const olderName = (name: string) => name.replace(/_key_values\.(\d+)\.(\w+)|\.(\d+)\.(\w+)/, "_$2$4_$1$3");
  const names = new Map([...graph.input, ...graph.output].map(({ name }) => [name, olderName(name)]));
  rename(graph.node, names);
  for (const info of [...graph.input, ...graph.output]) info.name = names.get(info.name)!;
}

/** Moves the largest weight into an external file. */
function moveWeight(graph: GraphProto, folder: string): void {
  const tensor = graph.initializer.reduce((most, one) =>
    one.rawData.length > most.rawData.length ? one : most,
  );
  writeFileSync(join(folder, "onnx/model.onnx_data"), tensor.rawData);
  tensor.dataLocation = DataLocation.EXTERNAL;
  tensor.externalData = [
    { $typeName: "onnx.StringStringEntryProto", key: "location", value: "model.onnx_data" },
  ];
  tensor.rawData = new Uint8Array();
}

/** Continues texts, all at the same time. */
async function written(
  name: string,
  change: (graph: GraphProto, folder: string) => void,
  decoder = "llama-tied",
): Promise<{ readonly cached: boolean; readonly texts: readonly Omit<GeneratedText, "ids">[] }> {
  const folder = writeDecoder(join(root, name.replaceAll(" ", "-")));
  const model = readModel(decoderFile(decoder).bytes);
  change(model.graph!, folder);
  writeFileSync(join(folder, "onnx/model.onnx"), writeModel(model));
  const generator = await openTextGenerator(folder, { threads: 1 });
  const made = await generator.generateAll(["great book", "good the", "it is great book"], { maxNew: 12 });
  await generator.close();
  // Half of the digits may choose another token that writes nothing.
  return { cached: generator.cached, texts: made.map(({ ids: _, ...text }) => text) };
}

test.each([
  ["a merged decoder", merge, true],
  ["a cache of 16-bit floats", halve, true],
  ["scores of the last tokens", keepLast, true],
  ["names of an older exporter", renamed, true],
  ["a weight in a file of its own", moveWeight, true],
  ["keys and values that are swapped", swap, false],
  ["no output for the values of a layer", (graph: GraphProto) => graph.output.pop(), false],
])("%s: the texts are those of the plain file", async (name, change, cached) => {
  const plain = await written("plain", () => undefined);
  expect(plain.cached).toBe(true);
  expect(await written(name, change)).toEqual({ ...plain, cached });
});

test("a file that onnxruntime refuses is continued without its cache", async () => {
  const refused = await written("genai", () => undefined, "llama-genai");
  const { texts } = await written("untied", () => undefined, "llama-untied");
  expect(refused).toEqual({ cached: false, texts });
});
