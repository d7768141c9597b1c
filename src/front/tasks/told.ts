import type { EvaluateOptions } from "../evaluation.js";
import { testFingerprint, testLooks } from "../looks.js";
import type { Machine } from "../machine.js";
import type { ScoredItems } from "../scored-items.js";

/** What is said of every scoring beside its scores. */
export async function told(
  { platform }: Pick<Machine, "platform">,
  dir: string,
  { items, words, leftOut }: ScoredItems<{ readonly sha256: string }>,
  { onEvent }: EvaluateOptions,
) {
  const fingerprint = await testFingerprint(platform, items);
  return {
    scored: words,
    left_out: leftOut,
    test_looks: await testLooks(platform, fingerprint, `eval ${dir}`, onEvent),
  };
}
