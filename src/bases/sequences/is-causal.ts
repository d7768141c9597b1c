import type { Tensor } from "../../core/tensor.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { Graph } from "../../graph/graph.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import { textBody } from "../text/text-body.js";

/** Differences below this share of a feature's size are rounding errors. */
const rounding = 1e-4;

/** Returns up to `most` tokens of a vocabulary that are not special. */
export function ordinaryTokens(
  { vocabulary, special }: Pick<Tokenizer, "vocabulary" | "special">,
  most: number,
): readonly number[] {
  const ordinary: number[] = [];
  for (let id = 0; id < vocabulary && ordinary.length < most; id++) if (!special.has(id)) ordinary.push(id);
  return ordinary;
}

/**
 * Returns whether a model is causal: whether the features of a token depend only on it and on earlier tokens.
 *
 * A test decides: after a change of the last token, the features of earlier tokens must be unchanged.
 */
export async function isCausal(
  runtime: Runtime,
  base: Graph,
  {
    tokenizer,
    length,
    cut,
  }: { readonly tokenizer: Tokenizer; readonly length: number; readonly cut?: string },
): Promise<boolean> {
  const body = textBody(base, { pooling: "each", pad: tokenizer.pad, cut });
  const ordinary = ordinaryTokens(tokenizer, length + 1);
  const row = Int32Array.from({ length }, (_, i) => ordinary[i % ordinary.length]!);
  const other = Int32Array.from(row);
  other[length - 1] = ordinary.find((id) => id !== row[length - 1]) ?? row[0]!;
  const session = await openSession(runtime, body.graph, { label: "the base" });
  try {
    const features = async (data: Int32Array): Promise<Float32Array> => {
      const x: Tensor = { dtype: "int32", dims: [1, length], data };
      return Object.values(await session.run({ [session.inputs[0]!.name]: x }))[0]!.data as Float32Array;
    };
    const [a, b] = [await features(row), await features(other)];
    const before = (length - 1) * body.width;
    let [largest, moved] = [0, 0];
    for (let i = 0; i < before; i++) {
      largest = Math.max(largest, Math.abs(a[i]!));
      moved = Math.max(moved, Math.abs(a[i]! - b[i]!));
    }
    return moved <= rounding * largest;
  } finally {
    await session.dispose();
  }
}
