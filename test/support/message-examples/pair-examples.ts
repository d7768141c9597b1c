import { type pairEn, scripts } from "../../../src/core/messages/pair-en.js";
import type { Examples } from "./examples.js";

export const pairExamples: Examples<typeof pairEn> = {
  "first-line-is-pair": [{ file: "a.tsv" }],
  "pairs-in-scripts": [
    {
      ...{ column: "de", names: ["a.tsv, line 4"], more: 2 },
      shares: [
        { script: "Latin", percent: 93 },
        { script: "Han", percent: 7 },
      ],
    },
  ],
  "pairs-swapped": [
    { pairs: 1, source: "Latin", target: "Han", names: ["a.tsv, line 4"], more: 0 },
    ...scripts.map((script) => ({
      ...({ pairs: 4, source: script, target: "Latin", names: ["a.tsv, line 4"], more: 3 } as const),
    })),
  ],
  "pairs-equal": [
    { pairs: 1, percent: 6, names: ["a.tsv, line 4"], more: 0 },
    { pairs: 2000, percent: 6, names: ["a.tsv, line 4", "a.tsv, line 5"], more: 1998 },
  ],
  "column-unlike-language": [{ column: "de", language: "de", script: "Cyrillic" }],
  "pairs-of-languages": [{ column: "source_lang", names: ["de", "pt-BR"], more: 1 }],
};
