// Explanations of predictions for sounds: maps over their spectrograms.
import type { Explanation } from "../../../core/results/explanation.js";
import { percent } from "../../charts/numbers.js";
import { html, type Markup, name } from "../../html.js";
import { type ReportData, soundOf } from "../../report-data.js";
import { explainEn } from "../../words/en/explain.js";
import { type Lang, wordsIn } from "../../words/index.js";
import { explainZh } from "../../words/zh/explain.js";
import { leastScale, overlay } from "./explained-samples.js";

/** Returns the maps of explained sounds. @param sounds their spectrograms by id: a map without one is drawn alone */
export function explainedSounds(
  explanations: readonly Explanation[],
  { sounds, lang = "en" }: Pick<ReportData, "sounds"> & { readonly lang?: Lang | undefined },
): Markup | undefined {
  const w = { en: explainEn, zh: explainZh }[lang];
  const { page } = wordsIn(lang);
  const drawn = explanations.flatMap(({ map, ...explanation }) => (map ? [{ map, ...explanation }] : []));
  if (drawn.length === 0) return undefined;
  return html`<p class="muted">${w.soundMaps}</p><ul class="explained">${drawn.map(
    ({ map, input, class: output, class_score: score, unit }) => {
      const one = soundOf({ sounds }, input);
      const isProbability = unit === "probability";
      return html`<li><figure><div class="under sound">${
        one
          ? html`<img src="${one.spectrogram}" alt="${page.spectrogram}">`
          : html`<div class="missing">${page.noPreview}</div>`
      }${overlay(map, { signed: true, least: isProbability ? leastScale : 0 })}</div>
${one && html`<audio controls preload="none" src="${one.sound}"></audio>`}
<figcaption>${name(output)} <span class="muted">${isProbability ? percent(score, 0) : String(Number(score.toPrecision(4)))}</span><span class="file">${name(input)}</span></figcaption></figure></li>`;
    },
  )}</ul>`;
}

export const soundMapsStyle = `
.under.sound img { height: 8rem; object-fit: fill; image-rendering: pixelated; } .under.sound .missing { aspect-ratio: auto; height: 8rem; }
.explained audio { display: block; width: 100%; height: 2.2rem; }
`;
