/** Every operator against the node tests of the ONNX specification (source: scripts/operators/make-spec-cases.py). */
import { describe, expect, test } from "vitest";
import { isStatic } from "../../src/core/shape.js";
import { fromOnnx, type Imported, toOnnx } from "../../src/graph/index.js";
import {
  byReference,
  difference,
  onOrt,
  type Result,
  readSpecCases,
  type SpecCase,
  subjectOf,
  widened,
  widenedFeeds,
  withWeights,
} from "./spec-cases.js";
import {
  casesPassedOn,
  noKernel,
  passedOn,
  referenceDiffers,
  refused,
  rough,
  runtimeDiffers,
  unknownSizes,
} from "./spec-cases-known.js";

const { cases, leftOut } = readSpecCases();

/** A case is read in three ways: everything fed, only the first input fed, and nothing. */
type Form = "fed" | "first fed" | "constant";

/** What was found of all cases, for the summary. */
const found = { modelled: 0, passedOn: 0, refused: 0, onOnnxruntime: 0, noKernel: 0, differs: 0 };

/** float32 sums in another order; 16-bit floats have 11 bits. */
function toleranceOf(c: SpecCase): number {
  const half = [...Object.values(c.inputs), ...Object.values(c.outputs)].some((t) => t.dtype === "float16");
  return rough.find(([name]) => name.test(c.name))?.[1] ?? (half ? 4e-3 : 1e-5);
}
/** Runtimes approximate exp, tanh and erf to about 1e-5. */
const onRuntime = 10;

function formsOf(c: SpecCase): readonly (readonly [Form, readonly string[]])[] {
  const names = Object.keys(c.inputs);
  const forms: (readonly [Form, readonly string[]])[] = [["fed", []]];
  if (names.length > 1) forms.push(["first fed", names.slice(1)]);
  if (names.length > 0) forms.push(["constant", names]);
  return forms;
}

/** Compares inferred types with the outputs: sizes are right or open, and known if they can be. */
function typeProblems({ graph }: Imported, c: SpecCase, form: Form): string[] {
  return Object.entries(c.outputs).flatMap(([name, want]) => {
    const type = graph.types.get(name);
    if (!type) return [`the type of ${name} is not known`];
    const { shape } = type;
    if (type.dtype !== widened(want.dtype)) return [`${name} is inferred as ${type.dtype}`];
    const fits =
      !shape ||
      (shape.length === want.dims.length &&
        shape.every((d, i) => typeof d !== "number" || d === want.dims[i]));
    if (!fits) return [`${name} is inferred as [${shape}], not [${want.dims}]`];
    if (form !== "fed" && !isStatic(shape) && !unknownSizes.test(c.name))
      return [`${name} is inferred as [${shape}]: its shape follows from constants`];
    return [];
  });
}

function valueProblems(c: SpecCase, got: Readonly<Record<string, Result>>, tolerance: number): string[] {
  return Object.entries(c.outputs).flatMap(([name, want]) => {
    const text = difference(want, got[name], tolerance);
    return text === undefined ? [] : [`${name} ${text}`];
  });
}

/** What onnxruntime makes of the file itself; undefined when it cannot run it, as listed. */
async function original(c: SpecCase): Promise<{ outputs?: Record<string, Result>; problems: string[] }> {
  const listed = noKernel.find(([name]) => name.test(c.name));
  try {
    const outputs = await onOrt(c.model, c.inputs);
    const problems = valueProblems(c, outputs, toleranceOf(c) * onRuntime);
    const differs = runtimeDiffers.some(([name]) => name.test(c.name));
    if (listed) return { outputs, problems: ["onnxruntime runs it, and is listed as not doing so"] };
    if (differs && problems.length > 0) found.differs++;
    return { outputs, problems: differs ? [] : problems.map((p) => `onnxruntime: ${p}`) };
  } catch (error) {
    found.noKernel++;
    const { message } = error as Error;
    return { problems: listed?.[1].test(message) ? [] : [`onnxruntime: ${message}`] };
  }
}

/** All that is wrong with one case, as sentences. */
async function problemsOf(c: SpecCase): Promise<string[]> {
  const own = await original(c);
  const problems = [...own.problems];
  if (refused[c.name]) {
    found.refused++;
    expect(() => fromOnnx(c.model)).toThrow(refused[c.name]);
    return problems;
  }
  let opaque = false;
  for (const [form, weights] of formsOf(c)) {
    const say = (list: readonly string[]) => problems.push(...list.map((p) => `${form}: ${p}`));
    // Fed, the batch may become a name; as constants every size is known.
    const read = fromOnnx(withWeights(c, weights), { freeBatch: form === "fed", unroll: true });
    const kept = read.graph.nodes.filter((n) => n.kind !== "op");
    if (kept.length > 0) {
      opaque = true;
      const why = kept.every((n) => passedOn[n.op]) || casesPassedOn.some(([name]) => name.test(c.name));
      if (!why) say([`${kept.map((n) => n.op)} is passed on as it came: ${read.notes}`]);
    } else {
      say(typeProblems(read, c, form));
      const differs = referenceDiffers.some(
        ([name, only]) => name.test(c.name) && (only === "" || only === form),
      );
      const values = valueProblems(c, byReference(read, c.inputs), toleranceOf(c));
      if (differs === values.length > 0) continue;
      say(differs ? ["the reference agrees, and is listed as not doing so"] : values);
    }
    // What is written again runs as the original does.
    if (form === "constant" || !own.outputs) continue;
    const got = await onOrt(toOnnx(read.graph), widenedFeeds(c.inputs));
    const random = /^training_dropout/.test(c.name);
    for (const [name, want] of Object.entries(own.outputs)) {
      const dtype = widened(want.dtype as "float32");
      const same = difference(
        { dtype: "float64", dims: want.dims, data: Float64Array.from(want.numbers) },
        got[name] && { ...got[name], dtype: got[name].dtype === dtype ? "float64" : got[name].dtype },
        toleranceOf(c) * onRuntime,
      );
      if (same !== undefined && !random) say([`as Engraft writes it, ${name} ${same}`]);
    }
    found.onOnnxruntime++;
  }
  found[opaque ? "passedOn" : "modelled"]++;
  return problems.map((p) => `${c.name}: ${p}`);
}

const bySubject = new Map<string, SpecCase[]>();
for (const c of cases) bySubject.set(subjectOf(c), [...(bySubject.get(subjectOf(c)) ?? []), c]);

// In order: the last one counts what the others found.
describe("the specification's cases hold by inference, by the reference and on onnxruntime", {
  shuffle: false,
}, () => {
  test.each([...bySubject])("%s", async (_, list) => {
    const problems: string[] = [];
    for (const c of list) problems.push(...(await problemsOf(c)));
    expect(problems).toEqual([]);
  });

  test("nothing is skipped in silence", () => {
    expect(found.modelled + found.passedOn + found.refused).toBe(cases.length);
    expect(found).toMatchObject({ passedOn: 156, refused: 1, noKernel: 11 });
    expect(found.modelled).toBeGreaterThan(1400);
    const reasons: Record<string, number> = {};
    for (const why of Object.values(leftOut)) reasons[why] = (reasons[why] ?? 0) + 1;
    expect(reasons).toEqual({
      "its values are sequences or may be absent": 24,
      "its values are strings or complex numbers": 12,
      "its values are bfloat16, which NumPy does not hold": 6,
      "its output is random": 6,
      "its values are too many for a small file": 19,
      "it is of another domain than ai.onnx: an optimiser": 7,
    });
  });
});

test("every line of the tables is of use", () => {
  const ops = new Set(cases.flatMap((c) => c.ops));
  expect(Object.keys(passedOn).filter((op) => !ops.has(op))).toEqual([]);
  const lists = [casesPassedOn, noKernel, runtimeDiffers, referenceDiffers, rough];
  for (const [name] of lists.flat())
    expect(
      cases.some((c) => name.test(c.name)),
      `${name}`,
    ).toBe(true);
});
