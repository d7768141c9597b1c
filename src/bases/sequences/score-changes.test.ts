import { expect, test } from "vitest";
import { scoreChanges } from "./score-changes.js";

const none = Number.NEGATIVE_INFINITY;

/** Changes the scores [2, −1, 0.5, 3] of four tokens. */
function changed(settings: Readonly<Record<string, unknown>>, ids: readonly number[], prompt = ids.length) {
  const scores = Float32Array.of(2, -1, 0.5, 3);
  for (const change of scoreChanges(settings, new Set([3]))) change(scores, { ids, prompt, most: 4 });
  return [...scores];
}

test.each<[object, number[], number, number[]]>([
  // Each token of the row once: 2 / 2, −1 · 2.
  [{ repetition_penalty: 2 }, [0, 1, 0], 3, [1, -2, 0.5, 3]],
  // 0 1 was followed by 2 and by 3.
  [{ no_repeat_ngram_size: 3 }, [0, 1, 2, 0, 1, 3, 0, 1], 2, [2, -1, none, none]],
  [{ no_repeat_ngram_size: 1 }, [1, 0, 1], 1, [none, none, 0.5, 3]],
  [{ no_repeat_ngram_size: 4 }, [0, 1], 2, [2, -1, 0.5, 3]],
  [{ bad_words_ids: [[2], [0, 1, 3], [1, 1, 0]] }, [2, 0, 1], 1, [2, -1, none, none]],
  [{ min_length: 3 }, [0, 1], 1, [2, -1, 0.5, none]],
  [{ min_length: 2 }, [0, 1], 1, [2, -1, 0.5, 3]],
  [{ min_new_tokens: 2 }, [0, 1, 0, 1], 3, [2, -1, 0.5, none]],
  [{ min_new_tokens: 1 }, [0, 1, 0, 1], 3, [2, -1, 0.5, 3]],
  [{ forced_bos_token_id: 2 }, [1], 1, [none, none, 0, none]],
  [{ forced_eos_token_id: [3, 1] }, [0, 0, 0, 0, 0], 2, [none, 0, none, 0]],
  [{ forced_eos_token_id: 3 }, [0, 0, 0, 0], 2, [2, -1, 0.5, 3]],
  [{ suppress_tokens: [1, -1, 99] }, [0], 1, [2, none, 0.5, 3]],
  [{ begin_suppress_tokens: [0] }, [1, 1], 2, [none, -1, 0.5, 3]],
  [{ begin_suppress_tokens: [0] }, [1, 1], 1, [2, -1, 0.5, 3]],
  // The forced token is the first one that is added.
  [{ begin_suppress_tokens: [0], forced_bos_token_id: 2 }, [1, 2], 1, [none, -1, 0.5, 3]],
  [{ repetition_penalty: null, do_sample: true, temperature: 0.1, num_beams: 4 }, [0], 1, [2, -1, 0.5, 3]],
])("%j changes the scores after %j, of which %j are given, to %j", (settings, ids, prompt, expected) => {
  expect(changed({ ...settings }, ids, prompt)).toEqual(expected);
});

test("changes follow each other in the order of Transformers.js: what is forced comes after what is penalised", () => {
  expect(changed({ forced_bos_token_id: 1, repetition_penalty: 4 }, [1])).toEqual([none, 0, none, none]);
  expect(changed({ suppress_tokens: [1], forced_bos_token_id: 1 }, [1])).toEqual([none, none, none, none]);
});
