import type { TokenFolder } from "../../bases/model-folder/token-folder.js";
import { nameOfEncoder } from "../../bases/open/open-base.js";
import type { Tensor } from "../../core/tensor.js";
import { segmentUnit } from "../../data/texts/pair-template.js";
import type { Session } from "../../runtime/runtime.js";
import type { Evaluator } from "../../train/fit.js";

/**
 * Returns a function that evaluates an exported model of texts.
 * @returns tokens int32[n, length], negative after a text's end -> float32[n, C], or float32[n · length, C] for a model with
 * a prediction for each token
 */
export function tokenEvaluator({ tokenizer }: Pick<TokenFolder, "tokenizer">, session: Session): Evaluator {
  const encoders = tokenizer.joined ?? [tokenizer];
  return async (x) => {
    const feeds: Record<string, Tensor> = {};
    for (const [i, { pad }] of encoders.entries()) {
      // Joined encoders have their tokens by turns.
      const tokens = (x.data as Int32Array).filter((_, at) => at % encoders.length === i);
      const int64 = (of: (token: number) => number): Tensor => ({
        dtype: "int64",
        dims: [x.dims[0]!, x.dims[1]! / encoders.length],
        data: BigInt64Array.from(tokens, (token) => BigInt(of(token))),
      });
      feeds[nameOfEncoder("input_ids", i)] = int64((token) => (token < 0 ? pad : token % segmentUnit));
      feeds[nameOfEncoder("attention_mask", i)] = int64((token) => (token < 0 ? 0 : 1));
      feeds[nameOfEncoder("token_type_ids", i)] = int64((token) =>
        token < 0 ? 0 : Math.floor(token / segmentUnit),
      );
    }
    const given = Object.fromEntries(session.inputs.map(({ name }) => [name, feeds[name]!]));
    return Object.values(await session.run(given))[0]!.data as Float32Array;
  };
}
