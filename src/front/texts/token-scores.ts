import type { TokenFolder } from "../../bases/token-folder.js";
import { stopIf } from "../../core/errors.js";
import type { Tensor } from "../../core/tensor.js";
import { sizedBatches } from "../../data/index.js";
import { tokenTable } from "../../data/texts/token-table.js";
import type { Session } from "../../runtime/runtime.js";

/** Texts that are answered at once. */
const atOnce = 32;

/** Raw scores of texts under an exported model, float32[n, C]. */
export async function tokenScores(
  { tokenizer, classes }: Pick<TokenFolder, "tokenizer" | "classes">,
  session: Session,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<Float32Array> {
  const items = texts.map((text, i) => ({ sha256: String(i), text }));
  const table = tokenTable(items, tokenizer, signal ? { signal } : {});
  const out = new Float32Array(texts.length * classes.length);
  for (const { x, indices } of sizedBatches(items, table, atOnce)) {
    stopIf(signal);
    const tokens = x.data as Int32Array;
    const int64 = (of: (token: number) => number): Tensor => ({
      dtype: "int64",
      dims: x.dims,
      data: BigInt64Array.from(tokens, (token) => BigInt(of(token))),
    });
    const feeds: Record<string, Tensor> = {
      input_ids: int64((token) => (token < 0 ? tokenizer.pad : token)),
      attention_mask: int64((token) => (token < 0 ? 0 : 1)),
      token_type_ids: int64(() => 0),
    };
    const given = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
    const scores = Object.values(await session.run(given))[0]!.data as Float32Array;
    indices.forEach((index, i) => {
      out.set(scores.subarray(i * classes.length, (i + 1) * classes.length), index * classes.length);
    });
  }
  return out;
}
