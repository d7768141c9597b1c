// What every runtime is held to: each case of each operator, and the gradient of each that has one. What a runtime
// does not do stands in its record with the runtime's own words; the record is compared with what happens, both ways.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differentiate } from "../../src/autodiff/index.js";
import { isFloat } from "../../src/core/dtype.js";
import { EngraftError } from "../../src/core/errors.js";
import { sizeOf } from "../../src/core/shape.js";
import { type Tensor, toNumbers } from "../../src/core/tensor.js";
import type { Graph } from "../../src/graph/graph.js";
import type { Value } from "../../src/graph/node.js";
import { fuseForOrt } from "../../src/graph/passes/fuse-for-ort.js";
import { toOnnx } from "../../src/graph/to-onnx.js";
import type { Runtime, SessionOptions } from "../../src/runtime/runtime.js";
import { appendProjection } from "../../src/testing/check-gradient.js";
import {
  allOperatorCases,
  caseFeeds,
  caseGraph,
  caseInput,
  type OperatorCase,
} from "../../src/testing/index.js";
import { interpret } from "../../src/testing/reference/index.js";

/** What happened to a case that did not simply run and agree with the reference. */
export interface Outcome {
  /**
   * rewritten: right on the device, in the form that the runtime fits it into; elsewhere: right, but not on the device
   * that was asked for; wrong: it ran, and its numbers differ.
   */
  readonly is: "rewritten" | "elsewhere" | "refused" | "wrong";
  /** Message of the runtime, or the place of the first difference. */
  readonly words: string;
}
/** By `operator: case`. What is not listed ran as it should. */
export interface Recorded {
  readonly operators: Readonly<Record<string, Outcome>>;
  readonly gradients: Readonly<Record<string, Outcome>>;
}

export function titleOf(c: OperatorCase): string {
  return `${c.op}: ${c.name}`;
}
export const gradientCases = allOperatorCases.filter((c) => (c.differentiable?.length ?? 0) > 0);

/** The record of a runtime, `test/operators/records/<name>.json`. */
export class Records {
  private readonly file: string;
  readonly known: Recorded;
  private readonly found: { operators: Record<string, Outcome>; gradients: Record<string, Outcome> } = {
    operators: {},
    gradients: {},
  };

  constructor(name: string) {
    this.file = fileURLToPath(new URL(`records/${name}.json`, import.meta.url));
    this.known = existsSync(this.file)
      ? (JSON.parse(readFileSync(this.file, "utf8")) as Recorded)
      : { operators: {}, gradients: {} };
  }

  /** Compare with the record what happened; with ENGRAFT_RECORD set, write it down instead. */
  check(part: keyof Recorded, title: string, outcome: Outcome | undefined): void {
    if (process.env.ENGRAFT_RECORD) {
      if (outcome) this.found[part][title] = outcome;
      return;
    }
    const known = this.known[part][title];
    expect(outcome?.is ?? "runs", outcome?.words).toBe(known?.is ?? "runs");
    // Where numbers differ is told for readers; it may depend on the machine.
    if (known && known.is !== "wrong") expect(outcome!.words).toContain(known.words);
  }

  /** Nothing is recorded of a case that no longer exists. */
  get stale(): string[] {
    const titles = new Set(allOperatorCases.map(titleOf));
    return [...Object.keys(this.known.operators), ...Object.keys(this.known.gradients)].filter(
      (title) => !titles.has(title),
    );
  }

  write(): void {
    if (process.env.ENGRAFT_RECORD) writeFileSync(this.file, `${JSON.stringify(this.found, undefined, 2)}\n`);
  }
}

/** The gradients of a random projection of the outputs, as outputs of the graph. */
export function gradientGraph(c: OperatorCase): Graph {
  const graph = caseGraph(c);
  const outputs = graph.outputs.filter((y) => isFloat(graph.typeOf(y).dtype));
  const wrt = c.differentiable!.map(caseInput);
  const gradients = differentiate(graph, appendProjection(graph, outputs, 1), wrt);
  graph.outputs.splice(0, graph.outputs.length, ...new Set(gradients.values()));
  return graph;
}

/** What a model gives for feeds of which it may not read all: gradients of a linear operator do not. */
export async function runOnce(
  runtime: Pick<Runtime, "session">,
  model: Uint8Array,
  feeds: Readonly<Record<Value, Tensor>>,
  options: SessionOptions = {},
): Promise<Record<Value, Tensor>> {
  const session = await runtime.session(model, options);
  try {
    const fed: Record<Value, Tensor> = {};
    for (const { name } of session.inputs) fed[name] = feeds[name]!;
    return await session.run(fed);
  } finally {
    await session.dispose();
  }
}

/** The runtime's own words of why it does not run something, without the folders it was built in. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof EngraftError)) throw error;
  const said = error.details.onnxruntime;
  const words = typeof said === "string" ? said : error.message;
  return words
    .replace(/^Can't create a session\. ERROR_CODE: \d+, ERROR_MESSAGE: /, "")
    .replace(/^Exception during initialization: /, "")
    .replaceAll(/\S*\/(?=onnxruntime\/core\/)/g, "")
    .replaceAll(/\s+/g, " ")
    .slice(0, 240);
}

/**
 * float32 against float64: a few dozen products are summed, each rounded to 2^-24 = 6e-8 of its size; runtimes
 * approximate exp, tanh and erf to about 1e-5.
 */
const relative = 1e-4;
const absolute = 1e-5;

/** Returns the first place where they differ; undefined if they agree. */
function firstDifference(reference: ArrayLike<number>, got: readonly number[]): string | undefined {
  for (let i = 0; i < reference.length; i++) {
    const [a, b] = [reference[i]!, got[i]!];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= absolute + relative * Math.abs(a)))
      return `at ${i}: ${a} by the reference, ${b} by onnxruntime`;
  }
  return undefined;
}

/** Runs one case of an operator; undefined when type, shape and numbers are those of the reference. */
export async function operatorOutcome(
  runtime: Pick<Runtime, "session">,
  c: OperatorCase,
  form: (graph: Graph) => Graph = (graph) => graph,
): Promise<Outcome | undefined> {
  const graph = caseGraph(c);
  const feeds = caseFeeds(c);
  const reference = interpret(graph, feeds);
  for (const y of graph.outputs)
    expect({ dtype: reference.get(y)!.dtype, shape: reference.get(y)!.dims }).toEqual(graph.typeOf(y));
  let results: Record<Value, Tensor>;
  try {
    // Unoptimised: the operator itself runs, not what a graph optimiser makes of it.
    results = await runOnce(runtime, toOnnx(form(graph)), feeds, { optimization: "disabled" });
  } catch (error) {
    return { is: "refused", words: wordsOf(error) };
  }
  for (const y of graph.outputs) {
    const got = results[y]!;
    const type = graph.typeOf(y);
    if (got.dtype !== type.dtype || got.dims.join() !== graph.dims(y).join())
      return { is: "wrong", words: `${got.dtype}[${got.dims.join(", ")}] instead of its type` };
    const numbers = toNumbers(got);
    if (numbers.length !== sizeOf(graph.dims(y)))
      return { is: "wrong", words: `${numbers.length} numbers for its shape` };
    const differs = firstDifference(reference.get(y)!.data, numbers);
    if (differs !== undefined) return { is: "wrong", words: differs };
  }
  return undefined;
}

/** Sums of at most a few hundred products, each rounded to 2^-24. */
const gradientTolerance = 2e-5;

/** Runs the gradient graph of a case as it is and as the runtimes get it; undefined when both agree with the reference. */
export async function gradientOutcome(
  runtime: Pick<Runtime, "session">,
  c: OperatorCase,
  forms: readonly ((graph: Graph) => Graph)[] = [(graph) => graph, fuseForOrt],
  tolerance = gradientTolerance,
): Promise<Outcome | undefined> {
  const graph = gradientGraph(c);
  const feeds = caseFeeds(c);
  const expected = interpret(graph, feeds);
  for (const form of forms) {
    let found: Record<Value, Tensor>;
    try {
      found = await runOnce(runtime, toOnnx(form(graph)), feeds);
    } catch (error) {
      return { is: "refused", words: wordsOf(error) };
    }
    for (const name of graph.outputs) {
      expect(found[name]!.dims).toEqual(graph.dims(name));
      const error = difference(toNumbers(found[name]!), expected.get(name)!.data);
      if (!(error < tolerance)) return { is: "wrong", words: `relative error ${error.toPrecision(2)}` };
    }
  }
  return undefined;
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  let scale = 1;
  for (let i = 0; i < b.length; i++) {
    const error = Math.abs(a[i]! - b[i]!);
    if (!(error <= worst)) worst = error;
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return worst / scale;
}

/** Every operator case and every gradient case on a runtime, held against its record. */
export function operatorSuite(
  name: string,
  open: () => Promise<Runtime>,
  parts: readonly (keyof Recorded)[],
): void {
  describe(`on ${name}`, () => {
    const records = new Records(name);
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await open();
    });
    afterAll(async () => {
      await runtime.close();
      records.write();
    });
    const rows = (cases: readonly OperatorCase[]) => cases.map((c) => [titleOf(c), c] as const);

    if (parts.includes("operators"))
      describe("the reference, the inferred types and the runtime agree", () => {
        test.each(rows(allOperatorCases))("%s", async (title, c) => {
          records.check("operators", title, await operatorOutcome(runtime, c));
        });
      });
    if (parts.includes("gradients"))
      describe("gradients in float32 equal those of the reference", () => {
        test.each(rows(gradientCases))("%s", async (title, c) => {
          records.check("gradients", title, await gradientOutcome(runtime, c));
        });
      });
    test("its record speaks of cases that exist", () => {
      expect(records.stale).toEqual([]);
    });
  });
}
