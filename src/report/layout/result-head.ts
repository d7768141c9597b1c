// The first section of a report: score, baselines and verdict.
import type { Interval, Verdict } from "../../core/events/events.js";
import type { SafeChoice } from "../../core/events/run-outcome.js";
import type { GroupFacts } from "../../core/results/group-facts.js";
import { worthOf } from "../../core/results/group-words.js";
import type { Scale } from "../../core/results/metric.js";
import { fewestGroups } from "../../statistics/index.js";
import { decimal } from "../charts/numbers.js";
import { scoreFormats } from "../charts/score-format.js";
import { html, type Markup } from "../html.js";
import type { Words } from "../words/index.js";
import { type Term, term } from "../words/terms.js";

/** A method with its test score: the run's model, or a baseline. */
export interface Method {
  readonly label: string;
  readonly value: number;
  /** Missing if there is none, or if the score is no estimate. */
  readonly ci95?: Interval | undefined;
  /** Set to false if the test samples are too few for a number: the interval stands alone. */
  readonly digits?: boolean;
  /** Further scores, one for each of `columns`. */
  readonly cells?: readonly string[];
  /** How it was trained. */
  readonly how?: Markup | undefined;
}

export interface ResultHead {
  /** "Accuracy on the test split" */
  readonly label: string | Markup;
  /** Heading of the score's column. */
  readonly metric: string | Markup;
  readonly scale: Scale;
  /** The run's model first. */
  readonly methods: readonly Method[];
  /** Headings of the further scores. */
  readonly columns?: readonly (string | Markup)[];
  /** Why the score of the run's model has no digits. */
  readonly few?: string | undefined;
  /** Sentences below the score. */
  readonly notes: readonly (Markup | string | undefined | false)[];
}

const written = (value: number, { scale }: ResultHead): string => scoreFormats[scale].score(value);

const writtenRange = (interval: Interval, { scale }: ResultHead, words: Words): string =>
  scoreFormats[scale].range(interval, words.page);

/** Returns the ends of the axis: 0 to 1, further down if a score is below 0. */
function axisOf({ methods }: ResultHead): readonly [number, number] {
  const lowest = Math.min(
    0,
    ...methods.flatMap(({ value, ci95 }) => [value, ...(ci95 ?? [])]).filter(Number.isFinite),
  );
  return [Math.max(-1, Math.floor(2 * lowest) / 2), 1];
}

function methodRow(method: Method, i: number, head: ResultHead, words: Words): Markup {
  const { label, value, ci95, digits = true } = method;
  const [low, high] = axisOf(head);
  const writtenCi = ci95 && writtenRange(ci95, head, words);
  const place = (v: number): number => (100 * (Math.min(high, Math.max(low, v)) - low)) / (high - low);
  const range =
    ci95 &&
    html`<i class="range" style="left:${place(ci95[0]).toFixed(2)}%;width:${(place(ci95[1]) - place(ci95[0])).toFixed(2)}%"></i>`;
  return html`<li${i === 0 ? html` class="own"` : ""}><span class="label">${label}</span>
<span class="track" aria-hidden="true">${range}${digits && Number.isFinite(value) && html`<i class="dot" style="left:${place(value).toFixed(2)}%"></i>`}</span>
<span class="value">${digits && written(value, head)}${writtenCi && html` <small class="muted">${writtenCi}</small>`}</span></li>`;
}

function methodTable(head: ResultHead, words: Words): Markup | undefined {
  const { methods, columns = [], metric } = head;
  if (columns.length === 0 && methods.every(({ how }) => how === undefined)) return undefined;
  const { page: w } = words;
  return html`<details><summary>${w.methodsTable}</summary><div class="scroll" role="region" aria-label="${w.methodsTable}" tabindex="0"><table class="data"><thead><tr><th scope="col">${w.method}</th>
<th scope="col" class="n">${metric}</th><th scope="col" class="n">${w.ci95}</th>${columns.map((column) => html`<th scope="col" class="n">${column}</th>`)}<th scope="col">${w.training}</th></tr></thead>
<tbody>${methods.map(
    (method, i) =>
      html`<tr${i === 0 ? html` class="best"` : ""}><th scope="row">${method.label}</th><td class="n">${method.digits === false ? "–" : written(method.value, head)}</td><td class="n">${method.ci95 ? writtenRange(method.ci95, head, words) : "–"}</td>${columns.map((_, k) => html`<td class="n">${method.cells?.[k] ?? "–"}</td>`)}<td>${method.how}</td></tr>`,
  )}</tbody></table></div></details>`;
}

/** Returns the score alone with its interval, and the baselines on one axis. */
export function resultHead(head: ResultHead, words: Words): Markup {
  const { label, methods, few, notes } = head;
  const { page: w, lang } = words;
  const [own] = methods;
  const [low, high] = axisOf(head);
  const marks =
    head.scale === "share" && low === 0
      ? ["0", "50", "100\u00a0%"]
      : [low, (low + high) / 2, high].map((mark) => decimal(mark, Number.isInteger(10 * mark) ? 1 : 2));
  return html`<section class="headline" aria-label="${w.result}">
<div><p class="muted">${label}</p>
<p class="${few === undefined ? "figure" : "unknown"}">${few === undefined ? written(own!.value, head) : sentence(few, words)}</p>
<p>${own!.ci95 && html`${term("confidence-interval", lang, w.interval)} <span class="keep">${writtenRange(own!.ci95, head, words)}</span>`}</p>
${notes.map((note) => note && html`<p class="small muted">${note}</p>`)}</div>
${
  methods.length > 1 &&
  html`<div><p class="muted">${w.besideBaselines(term("baseline", lang, w.baselines))}</p><ul class="intervals">${methods.map((method, i) => methodRow(method, i, head, words))}
<li class="axis" aria-hidden="true"><span>${marks[0]}</span><span>${marks[1]}</span><span>${marks[2]}</span></li></ul>
</div>${methodTable(head, words)}`
}
</section>`;
}

/** Returns a part of a sentence as a sentence. */
export const sentence = (part: string, { page }: Words): string =>
  part.replace(/^[a-z]/, (first) => first.toUpperCase()) + page.stop;

/** Returns how many independent samples the groups of a test split are worth. @param samples "300 test pictures" */
export function groupsNote(
  tested: (GroupFacts & { readonly n: number }) | undefined,
  samples: string,
  { page }: Words,
): string | undefined {
  if (tested?.groups === undefined) return undefined;
  const { groups, few_groups, groups_needed = fewestGroups } = tested;
  return few_groups
    ? page.groups(samples, groups, undefined, groups_needed)
    : page.groups(samples, groups, worthOf(tested));
}

/** Returns whether the test samples were scored before. @param samples "pictures" */
export const usageNote = (times: number, samples: string, { page }: Words): string =>
  times === 0 ? page.firstScoring(samples) : page.scoredBefore(samples, page.times(times));

export interface VerdictParts {
  readonly verdict: Verdict | undefined;
  readonly safe: SafeChoice | undefined;
  /** How the runs were trained that the model is compared with. */
  readonly recipes?: Markup | undefined;
}

/** Returns the verdict in one sentence; how it was reached is folded. */
export function verdictSection({ verdict: v, safe, recipes }: VerdictParts, words: Words): Markup {
  const { page: w, verdict, lang } = words;
  const kept = safe && html`<p>${w.ofTheTwo(safe)}</p>`;
  if (!v) return html`${kept}`;
  const explained = (id: Term, text: string): Markup => term(id, lang, text);
  return html`<section class="verdict ${v.transfer}" aria-label="${verdict.heading[v.subject]}">
<p><strong>${verdict.line(v)}</strong></p>${kept}
<details><summary>${w.decided}</summary><p>${verdict.full(v)}</p>
<p class="small muted">${verdict.gain(v)}${v.p !== null && html`${explained("p-value", v.p < 0.001 ? "p < 0.001" : `p = ${decimal(v.p)}`)} · `}${w.seeds(v.seeds)} · ${w.margin(explained("margin", verdict.amount(v.margin, v.metric)))}</p>
${recipes}</details></section>`;
}
