import { EngraftError } from "../../../core/errors.js";
import type { LabelModel } from "../../../tasks/labels/label-model.js";
import type { Output } from "../../output.js";
import { unreadableInputs } from "../unreadable.js";
import { type AskedPairs, type AskedText, textsOf, withWords } from "./predict-texts.js";

/** Texts that are answered at once. */
const most = 256;

/** `engraft predict <model> "a text"… | texts.csv | picture.jpg | folder | -`: the labels of each. */
export async function predictLabels(
  model: LabelModel,
  words: readonly string[],
  { top, pair, columns, quotes, cut }: { readonly top: number } & AskedPairs,
  {
    output,
    signal,
    pictures,
  }: {
    readonly output: Output;
    readonly signal: AbortSignal;
    /** Paths of pictures that the words stand for. */
    readonly pictures: (words: readonly string[], signal: AbortSignal) => AsyncIterable<string>;
  },
): Promise<void> {
  const texts = model.unit === "texts";
  let n = 0;
  const unreadable = unreadableInputs(output);
  const answer = async (part: readonly AskedText[]): Promise<void> => {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} ${model.unit}`);
    const answers = await model.predict(part.map(({ text }) => text));
    answers.forEach(({ labels, all }, i) => {
      const input = part[i]!.id;
      const said = labels.flatMap(({ label, score }) => [label, score.toFixed(4)]);
      output.answer(
        {
          event: "prediction",
          input,
          labels,
          label: all[0]?.label,
          score: all[0]?.score,
          top: all.slice(0, top),
        },
        [input.replace(/\s+/g, " "), ...(said.length > 0 ? said : ["no label"])].join("\t"),
      );
    });
    n += part.length;
  };
  if (texts) {
    let part: AskedText[] = [];
    const asked = textsOf(words, signal, {
      ...(pair && { pair }),
      ...(columns && { columns }),
      ...(quotes && { quotes }),
      onWarning: (warning) => output.onEvent({ event: "warning", ...warning }),
    });
    for await (const one of withWords(asked, unreadable)) {
      part.push(one);
      if (part.length < most && !one.atOnce) continue;
      await answer(part);
      part = [];
    }
    if (part.length > 0) await answer(part);
  } else
    for await (const path of pictures(words, signal)) {
      try {
        await answer([{ id: path, text: path }]);
      } catch (thrown) {
        unreadable.add(path, thrown);
      }
    }
  for (const warning of cut?.warnings(n) ?? []) output.onEvent(warning);
  unreadable.refuse(n);
  output.result({ predictions: n }, []);
}
