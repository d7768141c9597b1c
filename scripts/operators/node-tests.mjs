// Runs ONNX's node tests on the built engine and on onnxruntime.
//
//   npm run build && node scripts/operators/node-tests.mjs /usr/share/libonnx-testdata/data/node
//
// The folder holds one folder for each test: model.onnx and test_data_set_0 with its inputs and outputs. Debian's package
// libonnx-testdata has them, and ONNX's repository (onnx/backend/test/data/node).
//
// values: the model as Engraft reads it gives the expected outputs, by the reference interpreter and by onnxruntime.
// batch: if Engraft frees a batch, other rows together give what the file itself gives for each of them alone.
//
// Each test runs with all inputs fed, and with the later inputs or those of integers as constants.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import ort from "onnxruntime-node";
import { isFloat } from "../../dist/core/dtype.js";
import { castTensor, toNumbers } from "../../dist/core/tensor.js";
import { fromOnnx, toOnnx } from "../../dist/graph/index.js";
import { readModel, readTensor, TensorProtoSchema, tensorProto, writeModel } from "../../dist/onnx/index.js";
import { interpret } from "../../dist/testing/reference/index.js";
import { startProgram } from "../start-program.mjs";

const { values: options, positionals } = startProgram(import.meta.url, {
  takes: "FOLDER",
  needs: ["models"],
  options: {
    part: { type: "string", choices: ["values", "batch"], about: "check only values, or only freed batches" },
    only: { type: "string", about: "regular expression of the names of tests" },
    all: { type: "boolean", about: "print what was refused or not freed, too" },
  },
});
const [folder] = positionals;

/** ONNX's own tolerances for its node tests. */
const [relative, absolute] = [1e-3, 1e-7];

const wide = (dtype) => (dtype === "float16" || dtype === "bfloat16" ? "float32" : dtype);
const widened = (t) => (wide(t.dtype) === t.dtype ? t : castTensor(t, wide(t.dtype)));
const numbersOf = (t) => ({ dims: [...t.dims], numbers: toNumbers(t) });

/** Returns where two results differ; undefined if nowhere. */
function difference(want, got) {
  if (!got) return "is missing";
  if (`${want.dims}` !== `${got.dims}`) return `has shape [${got.dims}], not [${want.dims}]`;
  for (const [i, a] of want.numbers.entries()) {
    const b = got.numbers[i];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    if (!(Math.abs(a - b) <= absolute + relative * Math.abs(a))) return `is ${b} at ${i}, not ${a}`;
  }
  return undefined;
}

/** Returns the numbered tensors of a test: input_0.pb … */
function tensors(test, kind, names) {
  const at = join(folder, test, "test_data_set_0");
  const files = readdirSync(at).filter((f) => f.startsWith(`${kind}_`) && f.endsWith(".pb"));
  const index = (file) => Number(file.split("_")[1].split(".")[0]);
  return Object.fromEntries(
    files.map((file) => [
      names[index(file)],
      readTensor(fromBinary(TensorProtoSchema, readFileSync(join(at, file)))),
    ]),
  );
}

/** Reads a test. @returns undefined if it has lists, options or types that Engraft does not read */
function readTest(test) {
  const bytes = readFileSync(join(folder, test, "model.onnx"));
  const { graph } = readModel(bytes);
  const infos = [...graph.input, ...graph.output];
  if (infos.some(({ type }) => type?.value?.case !== "tensorType")) return undefined;
  try {
    const inputs = tensors(
      test,
      "input",
      graph.input.map(({ name }) => name),
    );
    const outputs = tensors(
      test,
      "output",
      graph.output.map(({ name }) => name),
    );
    const all = [...Object.values(inputs), ...Object.values(outputs)];
    return all.every(({ dtype }) => dtype && dtype !== "string") ? { bytes, inputs, outputs } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the forms of a test: which inputs are constants. */
function formsOf({ inputs }) {
  const names = Object.keys(inputs);
  const integers = names.filter((name) => !isFloat(inputs[name].dtype));
  const later = names.slice(1);
  return [
    [],
    ...(later.length > 0 ? [later] : []),
    ...(integers.length > 0 && integers.length < names.length && `${integers}` !== `${later}`
      ? [integers]
      : []),
  ];
}

/** Returns the model with some inputs as constants. */
function withConstants({ bytes, inputs }, names) {
  if (names.length === 0) return bytes;
  const model = readModel(bytes);
  model.graph.input = model.graph.input.filter(({ name }) => !names.includes(name));
  model.graph.initializer.push(...names.map((name) => tensorProto(name, inputs[name])));
  return writeModel(model);
}

async function onOrt(bytes, feeds) {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: "disabled",
    ...{ intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 },
  });
  try {
    const given = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name));
    const made = await session.run(
      Object.fromEntries(given.map(([name, t]) => [name, new ort.Tensor(t.dtype, t.data, [...t.dims])])),
    );
    return Object.fromEntries(
      Object.entries(made).map(([name, t]) => [
        name,
        numbersOf({ dtype: t.type, dims: t.dims, data: t.data }),
      ]),
    );
  } finally {
    await session.release();
  }
}

/** Returns results on the interpreter and on onnxruntime; an error's message where one cannot run it. */
async function runBoth(graph, feeds) {
  const ways = [];
  if (graph.nodes.every(({ kind }) => kind === "op"))
    ways.push([
      "interpreter",
      async () => Object.fromEntries([...interpret(graph, feeds)].map(([v, t]) => [v, numbersOf(t)])),
    ]);
  ways.push(["onnxruntime", () => onOrt(toOnnx(graph), feeds)]);
  const results = [];
  for (const [where, run] of ways) {
    try {
      results.push({ where, outputs: await run() });
    } catch (error) {
      results.push({ where, error: error.message });
    }
  }
  return results;
}

/**
 * The expected values of a test, computed from the graph that Engraft reads. A test whose file gives other values on
 * onnxruntime is not judged: random numbers, and expectations that a later version of ONNX corrected.
 */
async function checkValues({ bytes: file, inputs, outputs }, bytes) {
  const expected = await onOrt(file, inputs).catch(() => ({}));
  const unclear = Object.entries(outputs).find(([name, want]) => difference(numbersOf(want), expected[name]));
  if (unclear)
    return { wrong: [], errors: [], unjudged: `onnxruntime gives another ${unclear[0]} for the file itself` };
  const { graph } = fromOnnx(bytes, { freeBatch: false, unroll: true });
  const feeds = Object.fromEntries(graph.inputs.map((name) => [name, widened(inputs[name])]));
  const wrong = [];
  const errors = [];
  for (const { where, outputs: got, error } of await runBoth(graph, feeds)) {
    if (error) errors.push(`${where}: ${error}`);
    else
      for (const [name, want] of Object.entries(outputs)) {
        const why = difference(numbersOf(want), got[name]);
        if (why) wrong.push(`${where}: ${name} ${why}`);
      }
  }
  return { wrong, errors };
}

/** Returns the rows of two tensors, one after the other. */
function joined(a, b) {
  const data = new a.data.constructor(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { dtype: a.dtype, dims: [a.dims[0] + b.dims[0], ...a.dims.slice(1)], data };
}
/** The same values in reverse order: other rows, whose indices and sizes are valid as well. */
const reversed = (t) => ({ ...t, data: t.data.slice().reverse() });

/** Rows of two feeds through a freed batch, against the file itself on each of them. */
async function checkBatch({ inputs }, bytes) {
  const { graph, notes } = fromOnnx(bytes);
  const own = fromOnnx(bytes, { freeBatch: false }).graph;
  const sizeOf = (g, name) => g.typeOf(name).shape?.[0];
  const freed = graph.inputs.filter(
    (v) => typeof sizeOf(graph, v) === "string" && typeof sizeOf(own, v) === "number",
  );
  if (freed.length === 0)
    return { wrong: [], errors: [], fixed: notes.find((n) => n.includes("batch")) ?? "no batch" };
  const one = Object.fromEntries(graph.inputs.map((name) => [name, inputs[name]]));
  const other = Object.fromEntries(
    graph.inputs.map((name) => [name, freed.includes(name) ? reversed(inputs[name]) : inputs[name]]),
  );
  const alone = [await onOrt(bytes, one), await onOrt(bytes, other)];
  const both = Object.fromEntries(
    graph.inputs.map((name) => [
      name,
      widened(freed.includes(name) ? joined(one[name], other[name]) : one[name]),
    ]),
  );
  const wrong = [];
  const errors = [];
  for (const { where, outputs: got, error } of await runBoth(graph, both)) {
    // Freed, and then it does not run: a fault too.
    if (error) wrong.push(`${where}: ${error}`);
    else
      for (const name of graph.outputs) {
        const [a, b] = alone.map((result) => result[name]);
        const dims = [a.dims[0] + b.dims[0], ...a.dims.slice(1)];
        const why = difference({ dims, numbers: [...a.numbers, ...b.numbers] }, got[name]);
        if (why) wrong.push(`${where}: ${name} ${why}`);
      }
  }
  return { wrong, errors };
}

const checks = { values: checkValues, batch: checkBatch };
const counts = {};
const count = (part, what) => {
  counts[part] ??= {};
  counts[part][what] = (counts[part][what] ?? 0) + 1;
};
const tests = readdirSync(folder)
  .filter((test) => existsSync(join(folder, test, "model.onnx")) && new RegExp(options.only ?? "").test(test))
  .sort();
let faults = 0;
for (const name of tests) {
  const test = readTest(name);
  if (!test) count("all", "not tensors of numbers");
  for (const constants of test ? formsOf(test) : [])
    for (const [part, check] of Object.entries(checks)) {
      if (options.part && options.part !== part) continue;
      const form = `${part} ${name}${constants.length > 0 ? ` with constant ${constants}` : ""}`;
      let result;
      try {
        result = await check(test, withConstants(test, constants));
      } catch (error) {
        result = { wrong: [], errors: [error.message] };
      }
      const { wrong, errors, fixed, unjudged } = result;
      const otherwise = unjudged ? "not judged" : fixed ? "not freed" : "right";
      count(part, wrong.length > 0 ? "wrong" : errors.length > 0 ? "refused" : otherwise);
      faults += wrong.length;
      for (const line of wrong) console.log(`WRONG ${form}: ${line}`);
      if (options.all)
        for (const line of [...errors, ...[fixed, unjudged].filter(Boolean)]) console.log(`${form}: ${line}`);
    }
}
console.log(`${tests.length} tests`);
for (const [part, by] of Object.entries(counts))
  console.log(
    `${part}: ${Object.entries(by)
      .map(([what, n]) => `${n} ${what}`)
      .join(", ")}`,
  );
process.exit(faults > 0 ? 1 : 0);
