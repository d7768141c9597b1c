import { describe, expect, test } from "vitest";
import { bleuOf, bleuSums } from "./bleu.js";
import { chrfOf, chrfSums } from "./chrf.js";
import { scoreWritten } from "./score-written-texts.js";
import { bleuTokens } from "./tokenizers.js";

// Expected values: sacreBLEU 2.6.0.

const english = {
  predictions: ["The cat sat on the mat.", "It is 3.5 kg, isn't it?", "Hello world!"],
  references: ["The cat is on the mat.", "It's 3.5 kg, isn't it?", "Hello, world!"],
};
const chinese = {
  predictions: ["我喜欢吃苹果。", "他今天去北京3.5次ABC"],
  references: ["我爱吃苹果。", "他今天去了北京3.5次ABC"],
};
const escaped = {
  predictions: ["He said: &quot;yes&quot; &amp; left... at 12,000-year-old U.S. site"],
  references: ['He said: "yes" & left ... at 12,000-year-old U.S. site'],
};

describe.each([
  {
    ...english,
    ...({ tokenizer: "13a", bleu: 59.27598, chrf: 71.956457, chrfWithWords: 72.717342 } as const),
    ...{ precisions: [83.3333, 66.6667, 50, 44.4444], penalty: 1, lengths: [18, 18] },
  },
  {
    ...{ predictions: ["a b"], references: ["a b c d e"] },
    ...({ tokenizer: "13a", bleu: 0, chrf: 37.572254, chrfWithWords: 37.572254 } as const),
    ...{ precisions: [100, 100, 0, 0], penalty: 0.22313, lengths: [2, 5] },
  },
  {
    ...{ predictions: ["x y z w"], references: ["a b c d"] },
    ...({ tokenizer: "13a", bleu: 0, chrf: 0, chrfWithWords: 0 } as const),
    ...{ precisions: [0, 0, 0, 0], penalty: 1, lengths: [4, 4] },
  },
  {
    ...{ predictions: ["", "b c d e"], references: ["a", "b c d e"] },
    ...({ tokenizer: "13a", bleu: 77.880078, chrf: 95.959596, chrfWithWords: 94.594595 } as const),
    ...{ precisions: [100, 100, 100, 100], penalty: 0.778801, lengths: [4, 5] },
  },
  {
    ...escaped,
    ...({ tokenizer: "13a", bleu: 100, chrf: 77.349456, chrfWithWords: 72.951624 } as const),
    ...{ precisions: [100, 100, 100, 100], penalty: 1, lengths: [20, 20] },
  },
  {
    ...chinese,
    ...({ tokenizer: "zh", bleu: 61.796546, chrf: 62.556217, chrfWithWords: 53.619615 } as const),
    ...{ precisions: [87.5, 71.4286, 58.3333, 40], penalty: 1, lengths: [16, 16] },
  },
  {
    ...chinese,
    ...({ tokenizer: "char", bleu: 72.415773, chrf: 62.556217, chrfWithWords: 53.619615 } as const),
    ...{ precisions: [90, 77.7778, 68.75, 57.1429], penalty: 1, lengths: [20, 20] },
  },
  {
    ...chinese,
    ...({ tokenizer: "13a", bleu: 0, chrf: 62.556217, chrfWithWords: 53.619615 } as const),
    ...{ precisions: [0, 0, 0, 0], penalty: 1, lengths: [2, 2] },
  },
])("$predictions by $tokenizer", ({ predictions, references, tokenizer, ...expected }) => {
  const { bleu, chrf } = scoreWritten(predictions, references, { tokenizer });

  test("BLEU, precisions, brevity penalty and lengths", () => {
    expect(bleu.value).toBeCloseTo(expected.bleu, 6);
    for (const [n, precision] of expected.precisions.entries())
      expect(bleu.precisions[n]).toBeCloseTo(precision, 4);
    expect(bleu.brevity_penalty).toBeCloseTo(expected.penalty, 5);
    expect([bleu.length, bleu.reference_length]).toEqual(expected.lengths);
  });

  test("chrF2 and chrF2++", () => {
    expect(chrf.value).toBeCloseTo(expected.chrf, 6);
    const { chrf: withWords } = scoreWritten(predictions, references, { tokenizer, wordOrder: 2 });
    expect(withWords.name).toBe("chrF2++");
    if (expected.chrfWithWords !== undefined) expect(withWords.value).toBeCloseTo(expected.chrfWithWords, 6);
  });
});

test("scores of sentences, by the orders that each is long enough for", () => {
  const pairs = english.predictions.map((text, i) => [text, english.references[i]!] as const);
  const bleu = pairs.map(([text, reference]) =>
    bleuOf(bleuSums(bleuTokens(text, "13a"), [bleuTokens(reference, "13a")]), true),
  );
  for (const [i, expected] of [48.892302, 68.037493, 45.138644].entries())
    expect(100 * bleu[i]!.value).toBeCloseTo(expected, 6);
  for (const [i, expected] of [67.172735, 83.237374, 59.664159].entries())
    expect(100 * chrfOf(chrfSums(pairs[i]![0], [pairs[i]![1]], 0)).value).toBeCloseTo(expected, 6);
});

describe("several references", () => {
  const predictions = ["the cat sat on the mat", "there is a dog", "", "a a a b"];
  const references = [
    ["a cat sat on the mat", "the cat is on the mat today"],
    ["there is a dog here", "a dog is there"],
    ["nothing", "no"],
    ["a a b", "b a a a a"],
  ];

  test("BLEU takes the largest counts and the nearest length, chrF the best reference", () => {
    const { bleu, chrf } = scoreWritten(predictions, references, { wordOrder: 2 });
    expect(bleu.value).toBeCloseTo(85.12160931922469, 9);
    expect([bleu.length, bleu.reference_length]).toEqual([14, 14]);
    expect(chrf.value).toBeCloseTo(74.07485616304298, 9);
    expect(scoreWritten(predictions, references).chrf.value).toBeCloseTo(71.51550121792367, 9);
  });

  test("their number may differ, which the signature says", () => {
    const some = references.map((own, i) => (i === 1 ? own.slice(0, 1) : own));
    const { bleu } = scoreWritten(predictions, some);
    expect(bleu.value).toBeCloseTo(79.2535621856372, 9);
    expect(bleu.signature).toBe("nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0");
  });
});

test("the signatures are those of sacreBLEU", () => {
  const { chrf, bleu } = scoreWritten(chinese.predictions, chinese.references, {
    language: "zh",
    wordOrder: 2,
  });
  expect(chrf.signature).toBe("nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:2.6.0");
  expect(bleu.signature).toBe("nrefs:1|case:mixed|eff:no|tok:zh|smooth:exp|version:2.6.0");
});
