import { EngraftError } from "../core/errors.js";
import { formatShape, formatType, type Shape } from "../core/shape.js";
import type { Tensor } from "../core/tensor.js";
import type { Graph } from "../graph/graph.js";
import type { Session } from "./runtime.js";

/** Axis with as many rows as are fed. */
const batch = "batch";

/** Expected outputs of a model from a file. */
export interface ExpectedOutputs {
  /** Shapes in the order of the outputs: a size, "batch" for as many rows as are fed, or another name for any size. */
  readonly shapes: readonly Shape[];
  /** Folder of the model, if it is one. */
  readonly at?: string;
}

/**
 * Checks the types that a graph declares for its outputs.
 * @throws ModelError if there are too few outputs, or one cannot be float32 of the expected shape
 */
export function requireDeclaredOutputs(graph: Graph, { shapes, at }: ExpectedOutputs): void {
  for (const [i, expected] of shapes.entries()) {
    const name = graph.outputs[i];
    if (name === undefined)
      throw new EngraftError(
        "ModelError",
        `the model has ${graph.outputs.length} outputs, expected ${shapes.length}`,
        { at, help: mismatch },
      );
    const type = graph.types.get(name);
    if (!type) continue;
    const { dtype, shape = expected } = type;
    const agrees = (size: Shape[number], axis: number): boolean =>
      typeof size !== "number" || typeof expected[axis] !== "number" || size === expected[axis];
    if (dtype !== "float32" || shape.length !== expected.length || !shape.every(agrees))
      throw wrongOutput(name, formatType(type), expected, at);
  }
}

/**
 * Returns a session that checks its outputs, because a file may return other shapes than it declares. Readers of the numbers can then
 * rely on the expected shapes. @throws ModelError in `run`
 */
export function withExpectedOutputs(session: Session, { shapes, at }: ExpectedOutputs): Session {
  const { inputs, outputs } = session;
  return {
    inputs,
    outputs,
    async run(feeds, fetches, options) {
      const rows = Object.values(feeds)[0]?.dims[0];
      const results = await session.run(feeds, fetches, options);
      for (const [i, shape] of shapes.entries()) {
        const name = outputs[i]?.name ?? "";
        const result = results[name];
        if (result) requireShape(name, result, shape, rows, at);
      }
      return results;
    },
    dispose: () => session.dispose(),
  };
}

function requireShape(
  name: string,
  { dtype, dims }: Tensor,
  shape: Shape,
  rows: number | undefined,
  at: string | undefined,
): void {
  const expected = shape.map((size) => (size === batch ? (rows ?? size) : size));
  const agrees = (size: number, axis: number): boolean =>
    typeof expected[axis] !== "number" || size === expected[axis];
  if (dtype !== "float32" || dims.length !== expected.length || !dims.every(agrees))
    throw wrongOutput(name, `${dtype}${formatShape(dims)}`, expected, at);
}

const mismatch = "onnx/model.onnx and the other files of the folder are not of the same model";
const lies = "the ONNX file declares another shape than it computes: export the model again";

function wrongOutput(name: string, found: string, expected: Shape, at: string | undefined): EngraftError {
  const wanted = `float32${formatShape(expected)}`;
  return new EngraftError("ModelError", `the output "${name}" of the model is ${found}, expected ${wanted}`, {
    ...(at === undefined ? { help: lies } : { at, help: mismatch }),
    details: { output: name, found, expected: wanted },
  });
}
