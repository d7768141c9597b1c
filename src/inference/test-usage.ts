import type { Machine } from "../run/machine.js";
import { countTestEvaluations, testFingerprint } from "../run/test-set-usage.js";
import type { EvaluateOptions } from "./evaluation.js";
import type { ScoredItems } from "./scored-items.js";

/** What is said of every scoring beside its scores. */
export async function testUsage(
  { platform }: Pick<Machine, "platform">,
  dir: string,
  { items, words, leftOut }: ScoredItems<{ readonly sha256: string }>,
  { onEvent }: EvaluateOptions,
) {
  const fingerprint = await testFingerprint(platform, items);
  return {
    scored: words,
    left_out: leftOut,
    test_looks: await countTestEvaluations(platform, fingerprint, `eval ${dir}`, onEvent),
  };
}
