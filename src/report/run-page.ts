import type { EngraftEvent } from "../core/events.js";
import { html, type Markup, name } from "./html.js";
import { count, decimal, duration, integer, megabytes } from "./numbers.js";
import { stillPage } from "./still-page.js";

// What the pages of single runs have in common, whatever the run learns.

/** What every run's result says. */
interface RunResult {
  readonly strategy: { readonly name: string; readonly reasons: readonly string[] };
  readonly base: { readonly name: string; readonly license: string };
  readonly split: { readonly train: number; readonly seed: number };
  readonly trainable: { readonly parameters: number; readonly total: number };
  readonly epochs: number;
  readonly best_epoch: number;
  readonly seconds: { readonly total: number };
  readonly forecast: { readonly seconds: number };
  readonly peak_rss_mb: number;
  readonly model: string;
  readonly test_looks: number;
  readonly verdict?: { readonly transfer: string; readonly words: string };
}

/** What a page is made of. */
export interface RunPageData<R extends RunResult = RunResult> {
  readonly title: string;
  readonly result: R;
  readonly events: readonly EngraftEvent[];
  readonly command: string;
  readonly versions: Readonly<Record<string, string>>;
}

export interface RunPage {
  readonly data: RunPageData;
  /** "token classification" */
  readonly kind: string;
  /** One item: "sentence". */
  readonly unit: string;
  /** Stands before everything: what must be known first. */
  readonly first?: Markup | false;
  /** The figure of the test part, what it is, its interval, and what else there is to it. */
  readonly figure: {
    readonly of: string;
    readonly value: string;
    readonly ci95: string;
    readonly more: Markup;
  };
  /** Facts of its own, before those of every run. */
  readonly facts: Markup;
  /** Sections between the verdict and what was done. */
  readonly main: Markup;
  /** What the epochs' validation figure is. */
  readonly metric?: string;
  readonly footer: string;
}

/** The report of a finished run: one HTML file without scripts. */
export function runPage({ data, kind, unit, first, figure, facts, main, metric, footer }: RunPage): string {
  const { title, result } = data;
  const v = result.verdict;
  return stillPage({
    title,
    kind,
    style: "",
    facts: html`${result.strategy.name} · ${count(result.split.train, `training ${unit}`)}`,
    main: html`${first}
<section class="headline" aria-label="Result"><div><p class="muted">${figure.of} on the test part</p><p class="figure">${figure.value}</p>
<p>95 % interval ${figure.ci95}</p><p class="small muted">${figure.more} ${looksOf(result.test_looks, unit)}</p></div></section>
${v && html`<section class="verdict ${v.transfer}" aria-label="Verdict on the transfer"><h2>Transfer: ${v.transfer}</h2><p>${v.words}</p></section>`}
${warned(data)}${main}
${done(data, facts)}${epochs(data, metric)}`,
    footer,
  });
}

const looksOf = (looks: number, unit: string): string =>
  looks === 0
    ? `These test ${unit}s had not been scored before.`
    : `These test ${unit}s had been scored ${count(looks, "time")} before: the best of several such results looks better than it is.`;

/** A line of what was done. */
export const fact = (term: string, text: string): Markup => html`<dt>${term}</dt><dd>${text}</dd>`;

function done({ result, command, versions }: RunPageData, own: Markup): Markup {
  return html`<section><h2>What was done</h2><dl class="facts">
${own}
${fact("Base", `${result.base.name} · licence ${result.base.license}`)}
${fact("Strategy", [result.strategy.name, ...result.strategy.reasons].join("; "))}
${fact("Trains", `${integer(result.trainable.parameters)} of ${integer(result.trainable.total)} parameters, ${count(result.epochs, "epoch")}, the best is number ${integer(result.best_epoch)}`)}
${fact("Seed", String(result.split.seed))}${fact("Time", `${duration(result.seconds.total)}, forecast ${duration(result.forecast.seconds)}`)}
${fact("Peak memory", megabytes(result.peak_rss_mb))}${fact("Model", result.model)}
${fact(
  "Versions",
  Object.entries(versions)
    .map(([k, v]) => `${k} ${v}`)
    .join(" · "),
)}
</dl><pre><code>${command}</code></pre></section>`;
}

/** How the parts came about, in words. */
export function splitWords({ events }: Pick<RunPageData, "events">): string | undefined {
  return events.filter((e) => e.event === "data").at(-1)?.split_words;
}

function warned({ events }: Pick<RunPageData, "events">): Markup | undefined {
  const all = [...new Set(events.flatMap((e) => (e.event === "warning" ? [e.message] : [])))];
  if (all.length === 0) return undefined;
  return html`<section class="notes" aria-label="Warnings"><strong>${count(all.length, "warning")}</strong><ul>${all.map((m) => html`<li>${m}</li>`)}</ul></section>`;
}

function epochs({ events }: Pick<RunPageData, "events">, metric = "R² or accuracy"): Markup | undefined {
  const all = events.filter((e) => e.event === "epoch");
  if (all.length === 0) return undefined;
  return html`<section><h2>Epochs</h2><details><summary>${count(all.length, "epoch")} as a table</summary><div class="scroll"><table class="data"><thead><tr><th scope="col">stage</th>
<th scope="col" class="n">epoch</th><th scope="col" class="n">train loss</th><th scope="col" class="n">validation loss</th><th scope="col" class="n">${metric}</th></tr></thead><tbody>${all.map(
    (
      e,
    ) => html`<tr${e.best ? html` class="best"` : ""}><td>${name(e.stage)}</td><td class="n">${e.epoch}${e.best ? " ★" : ""}</td><td class="n">${decimal(e.train_loss)}</td>
<td class="n">${decimal(e.validation_loss)}</td><td class="n">${decimal(e.validation_metric?.value ?? e.validation_accuracy)}</td></tr>`,
  )}</tbody></table></div></details></section>`;
}
