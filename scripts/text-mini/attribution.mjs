// The terms of text-mini, and the sources that the terms of its corpus require to be named.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const license = `Terms of the weights and the tokenizer in this folder (text-mini)

The code that made them is licensed under the Apache License 2.0 (see the LICENSE of the
project). The weights and the vocabulary were computed from texts with open terms: public
domain, CC0, MIT, Apache 2.0, BSD, CC BY and CC BY-SA (ATTRIBUTION.md names every source
with its terms). No text is contained in them.

So that nobody need ask whether the terms of CC BY-SA texts extend to weights computed
from them, the weights and the vocabulary are available under Creative Commons
Attribution-ShareAlike 4.0 International (CC BY-SA 4.0),
https://creativecommons.org/licenses/by-sa/4.0/legalcode. Name "text-mini, Engraft" and
keep ATTRIBUTION.md with copies and with models derived from them.

They come without any warranty.
`;

/** One row per source: origin and terms of its texts, from the tables of the corpus's SOURCE.md. */
export function attribution(corpus) {
  const rows = readFileSync(join(corpus, "SOURCE.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (file|source|what) \|/.test(line))
    .map((line) =>
      line
        .split("|")
        .slice(1, 4)
        .map((cell) => cell.trim()),
    )
    .filter(([name, source]) => name && source?.includes("@"));
  return [
    "# Sources of text-mini",
    "",
    "The texts that the weights and the vocabulary were computed from, with the terms that their sources state.",
    "",
    "| part | source (repository @ commit : path) | terms |",
    "|---|---|---|",
    ...rows.map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n");
}
