import { createInterface } from "node:readline";
import { EngraftError } from "../../../core/errors.js";
import type { Quotes } from "../../../data/tables/quotes.js";
import { textsOfFile } from "../../../data/texts/index.js";
import type { CutCount } from "../../../inference/cut-texts.js";
import { nodePlatform } from "../../../platform/node.js";
import type { TextOrPair } from "../../../tasks/texts/asked-texts.js";
import type { TextModel } from "../../../tasks/texts/text-model.js";
import type { Output } from "../../output.js";
import { type Asked, asksForTrust, toldAssessment } from "../../render/render-assessment.js";
import { type Unreadable, unreadableInputs } from "../unreadable.js";

/** Texts that are answered at once. */
const most = 256;
/** What looks like the name of a file of texts, so that a typing error is no text. */
const listName = /^[^\s]+\.(csv|tsv|jsonl|ndjson|json|parquet|txt)$/i;

export interface AskedText {
  readonly id: string;
  readonly text: TextOrPair;
  /** Whoever writes lines to stdin may wait for each answer. */
  readonly atOnce?: true;
}

/** A pair of texts, and which columns of a list hold texts. */
export interface AskedPairs {
  readonly pair?: readonly [string, string];
  readonly columns?: string;
  readonly quotes?: Quotes;
  readonly onWarning?: (warning: { readonly code: string; readonly message: string }) => void;
  /** Counts the texts that the model cut. */
  readonly cut?: CutCount;
}

/** What the words stand for: texts, the lines or rows of files, and lines from stdin for `-`. */
export async function* textsOf(
  words: readonly string[],
  signal: AbortSignal,
  { pair, columns, quotes, onWarning }: AskedPairs = {},
): AsyncGenerator<AskedText> {
  if (pair) yield { id: pair.join(" | "), text: pair };
  const named = columns?.split(",").map((name) => name.trim());
  for (const word of words) {
    if (word === "-") {
      for await (const line of createInterface({ input: process.stdin, signal }))
        if (line.trim() !== "") yield { id: line, text: line, atOnce: true };
    } else if (listName.test(word) || (await isFile(word)))
      for (const { id, text, pair: second } of await textsOfFile(nodePlatform, word, {
        named,
        quotes,
        ...(onWarning && { onWarning }),
      }))
        yield { id, text: second === undefined ? text : [text, second] };
    else yield { id: word, text: word };
  }
}

/** Leaves out texts without words: each is named as unreadable, and the others are answered. */
export async function* withWords(
  texts: AsyncIterable<AskedText>,
  unreadable: Unreadable,
): AsyncGenerator<AskedText> {
  let place = 0;
  for await (const one of texts) {
    place++;
    const parts = typeof one.text === "string" ? [one.text] : one.text;
    if (parts.every((part) => part.trim() !== "")) yield one;
    else {
      const why = parts.length > 1 ? "a text of the pair is empty" : "the text is empty";
      // An empty text is its own name.
      const name = one.id.trim() === "" ? `text ${place}` : one.id;
      unreadable.add(name, new EngraftError("DataError", why));
    }
  }
}

async function isFile(word: string): Promise<boolean> {
  if (word.length > 1000 || word.includes("\n")) return false;
  try {
    return (await nodePlatform.files.stat(nodePlatform.files.resolve(word)))?.kind === "file";
  } catch {
    return false;
  }
}

/** `engraft predict <model> "a text"… | texts.csv | lines.txt | -`: an answer for each text. */
export async function predictTexts(
  model: TextModel,
  words: readonly string[],
  { top, pair, columns, quotes, cut, ...asked }: { readonly top: number } & Asked & AskedPairs,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const trust = asksForTrust(asked, 1);
  let n = 0;
  let part: AskedText[] = [];
  const answer = async (): Promise<void> => {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} texts`);
    const texts = part.map(({ text }) => text);
    if (trust) {
      const { sets } = asked;
      const assessed = await model.assess(texts, { top, ...(sets && { sets }) });
      assessed.forEach((assessment, i) => {
        const { event, words } = toldAssessment(assessment, asked);
        const input = part[i]!.id;
        output.answer(
          { event: "prediction", input, ...event },
          [input.replace(/\s+/g, " "), ...words].join("\t"),
        );
      });
    } else
      (await model.predict(texts)).forEach((all, i) => {
        const shown = all.slice(0, top);
        const input = part[i]!.id;
        output.answer(
          { event: "prediction", input, label: shown[0]?.label, score: shown[0]?.score, top: shown },
          [input.replace(/\s+/g, " "), ...shown.flatMap((a) => [a.label, a.score.toFixed(4)])].join("\t"),
        );
      });
    n += part.length;
    part = [];
  };
  const unreadable = unreadableInputs(output);
  const onWarning: AskedPairs["onWarning"] = (warning) => output.onEvent({ event: "warning", ...warning });
  const asking = { ...(pair && { pair }), ...(columns && { columns }), ...(quotes && { quotes }), onWarning };
  for await (const one of withWords(textsOf(words, signal, asking), unreadable)) {
    part.push(one);
    if (part.length >= most || one.atOnce) await answer();
  }
  if (part.length > 0) await answer();
  for (const warning of cut?.warnings(n) ?? []) output.onEvent(warning);
  unreadable.refuse(n);
  output.result({ predictions: n }, []);
}
