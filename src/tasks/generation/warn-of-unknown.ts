import type { OnWork } from "../../core/events/work-events.js";
import { message, warningText } from "../../core/messages/message.js";
import type { Tokenizer } from "../../data/texts/tokenizer.js";

/** Share of unknown tokens from which a warning is emitted: the base may be for another language. */
const manyUnknown = 0.05;

/** Warns if many tokens of the training texts stand for what the tokenizer does not know. */
export function warnOfUnknown(
  ids: Iterable<number>,
  { unknown, end }: Pick<Tokenizer, "unknown" | "end">,
  onEvent: OnWork,
): void {
  // A vocabulary of bytes knows every character: "unknown" is then the end token.
  if (unknown === end) return;
  let [found, tokens] = [0, 0];
  for (const id of ids) {
    tokens++;
    if (id === unknown) found++;
  }
  if (found / Math.max(1, tokens) <= manyUnknown) return;
  onEvent({
    event: "warning",
    ...warningText("unknown-tokens", message("tokens-unknown", { unknown: found, tokens })),
  });
}
