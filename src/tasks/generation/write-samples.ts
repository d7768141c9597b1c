import { withWeights } from "../../bases/heads.js";
import type { Base, TextFacts } from "../../bases/open/open-base.js";
import { continueRows } from "../../bases/sequences/decode.js";
import { nextScoresGraph, wholeScores } from "../../bases/sequences/next-scores.js";
import type { GenerationResultEvent } from "../../core/results/sequences/generation.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";
import type { Graph } from "../../graph/graph.js";
import { openSession } from "../../runtime/open.js";
import type { Runtime } from "../../runtime/runtime.js";
import type { RowFormat, RowsOfTexts } from "./rows.js";

/** Number of samples, and tokens of each beginning of a text and of what is written. */
const [samples, longestBegin, longestEnd] = [3, 16, 40] as const;

/** Texts that did not train, as rows. */
interface HeldRows {
  readonly held: RowsOfTexts;
  readonly format: Pick<RowFormat, "length">;
  /** Names of the texts. */
  readonly names: readonly string[];
  /** Tokens that end a text. Default: that of the tokenizer. */
  readonly ends?: readonly number[] | undefined;
}

/**
 * Writes how held-back texts go on, by the original base and by the new one: always the most probable token.
 * @returns undefined for a base that is no decoder with scores of all tokens
 */
export async function writeSamples(
  runtime: Runtime,
  base: Base & { readonly text: TextFacts },
  { held, format, names, ends: its }: HeldRows,
  { probed, model }: { readonly probed: Graph; readonly model: Graph },
): Promise<GenerationResultEvent["samples"] | undefined> {
  const { tokenizer } = base.text;
  const begun = held.beginnings(samples, longestBegin);
  const ends = new Set(its ?? (tokenizer.end === undefined ? [] : [tokenizer.end]));
  const written: string[][] = [];
  for (const trained of [probed, model]) {
    const graph = nextScoresGraph(withWeights(base.imported.graph, trained.initializers), tokenizer.pad);
    if (!graph) return undefined;
    const session = await openSession(runtime, graph, { label: base.name });
    try {
      const rows = begun.map(({ prompt }) => ({
        ids: prompt,
        most: Math.max(0, Math.min(longestEnd, format.length - prompt.length)),
      }));
      const added = rows.map(({ ids }) => [...ids]);
      for await (const one of continueRows(wholeScores(session), rows, { ends }))
        if ("token" in one) added[one.row]!.push(one.token);
      written.push(added.map((ids, i) => textAfter(tokenizer, ids, rows[i]!.ids.length)));
    } finally {
      await session.dispose();
    }
  }
  return begun.map(({ text, prompt, data }, i) => ({
    item: names[text]!,
    prompt: tokenizer.text(prompt),
    data: textAfter(tokenizer, [...prompt, ...data], prompt.length),
    before: written[0]![i]!,
    after: written[1]![i]!,
  }));
}

/** Returns the text that tokens add to the first `from` of them. */
export const textAfter = (tokenizer: Tokenizer, ids: readonly number[], from: number): string =>
  tokenizer.text(ids).slice(tokenizer.text(ids.slice(0, from)).length);
