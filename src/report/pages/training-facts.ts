// Facts of a training that pages and cards of every task have: averaged weights, and weights from another model.

import { namedScoreText } from "../../core/messages/metric-en.js";
import type { CommonResult } from "../../core/results/common-result.js";
import { integer, percent } from "../charts/numbers.js";
import { html, type Markup, name } from "../html.js";
import { recorded } from "../recorded.js";
import { taskEn } from "../words/en/task.js";
import { type Lang, wordsIn } from "../words/index.js";
import { taskZh } from "../words/zh/task.js";

const wordsOf: Readonly<
  Record<Lang, Pick<typeof taskEn, "takenWords" | "head" | "everyPart" | "moved" | "left">>
> = { en: taskEn, zh: taskZh };

/** Returns the line of what was averaged. */
export function averageFact({ average }: Pick<CommonResult, "average">, lang: Lang): Markup | undefined {
  if (!average) return undefined;
  const { details } = wordsIn(lang);
  const { kind, epochs, validation, kept } = average;
  const score = validation.accuracy === undefined ? namedScoreText(validation) : percent(validation.accuracy);
  return html`<dt>${details.average}</dt><dd>${details.averageWords(kind, epochs.join(", "), score, kept)}</dd>`;
}

/** Most lines of the list of weights. */
const mostLines = 60;

/** Returns the part on weights from another model. */
export function initWeights({ init }: Pick<CommonResult, "init">, lang: Lang): Markup | undefined {
  if (!init) return undefined;
  const [w, words] = [wordsOf[lang], wordsIn(lang)];
  const rows = [
    ...init.adapted.map(({ name: n, how, message }) => ({ n, word: w.moved, how, message })),
    ...init.skipped.map(({ name: n, why, message }) => ({ n, word: w.left, how: why, message })),
  ];
  return html`<p><bdi>${init.from}</bdi>${w.takenWords(init.matched, init.adapted.length, integer(init.parameters), integer(init.skipped.length))} ${init.head && html`${w.head}${words.page.colon}${recorded(init.head, init.head_message && [init.head_message], words)}${words.page.stop}`}</p>
<details><summary>${w.everyPart}</summary><div class="scroll"><table class="data"><tbody>${rows
    .slice(0, mostLines)
    .map(
      ({ n, word, how, message }) =>
        html`<tr><th scope="row">${name(n)}</th><td>${word}</td><td>${recorded(how, message && [message], words)}</td></tr>`,
    )}</tbody></table></div></details>`;
}
