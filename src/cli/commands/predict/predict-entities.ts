import { EngraftError } from "../../../core/errors.js";
import type { EntityModel } from "../../../tasks/entities/entity-model.js";
import type { Output } from "../../output.js";
import { unreadableInputs } from "../unreadable.js";
import { type AskedText, textsOf, withWords } from "./predict-texts.js";

/** Texts that are answered at once. */
const most = 64;

/** `engraft predict <model> "a text"… | texts.csv | lines.txt | -`: the entities of each text. */
export async function predictEntities(
  model: EntityModel,
  words: readonly string[],
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  let n = 0;
  let part: AskedText[] = [];
  const answer = async (): Promise<void> => {
    if (signal.aborted) throw new EngraftError("Interrupted", `stopped after ${n} texts`);
    const marked = await model.predict(part.map(({ text }) => text as string));
    marked.forEach((entities, i) => {
      const input = part[i]!.id;
      output.answer(
        { event: "prediction", input, entities },
        [
          input.replace(/\s+/g, " "),
          ...entities.flatMap((e) => [
            e.entity_group,
            e.word.replace(/\s+/g, " "),
            `${e.start}-${e.end}`,
            e.score.toFixed(4),
          ]),
        ].join("\t"),
      );
    });
    n += part.length;
    part = [];
  };
  const unreadable = unreadableInputs(output);
  for await (const one of withWords(textsOf(words, signal), unreadable)) {
    part.push(one);
    if (part.length >= most || one.atOnce) await answer();
  }
  if (part.length > 0) await answer();
  unreadable.refuse(n);
  output.result({ predictions: n }, []);
}
