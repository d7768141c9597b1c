// The clips with the most errors: their transcript above what was recognised, word by word, with a player.

import type { AlignedWord, TranscriptScores } from "../../core/results/sequences/transcripts.js";
import { html, type Markup, name, trusted } from "../../report/html.js";
import { type ShownSound, soundOf } from "../../report/report-data.js";
import { type Lang, wordsIn } from "../../report/words/index.js";

const wordsOf = {
  en: {
    errorCount: (n: number): string => (n === 1 ? "1 error" : `${n} errors`),
    alignedNote: "Above: the transcript. Below: what was recognised, and when, in seconds.",
    clickNote: "Click a word to play it.",
    kinds: { substitution: "wrong", deletion: "missing", insertion: "additional" },
  },
  zh: {
    errorCount: (n: number): string => `${n} 个错误`,
    alignedNote: "上面是文本，下面是识别结果及其时间（秒）。",
    clickNote: "点击一个词即可播放。",
    kinds: { substitution: "替换", deletion: "漏字", insertion: "多字" },
  },
};

type Clip = TranscriptScores["worst"][number];
type Time = NonNullable<Clip["times"]>[number];

/** What alignments are drawn from. */
export interface AlignmentsData {
  readonly clips: readonly Clip[];
  readonly unit: "words" | "characters";
  /** Sounds by sample id. Without them, words cannot be played. */
  readonly sounds?: Readonly<Record<string, ShownSound>> | undefined;
  readonly lang: Lang;
}

/** Clips that are not folded. */
const mostShown = 5;
/** Seconds that are played before and after a word. CTC emits a character in a few frames, but its sound is longer. */
const margin = 0.1;

export const alignmentsStyle = `.said{list-style:none;margin:0;padding:0}
.said>li{margin:.8rem 0;padding:.7rem .9rem;border:1px solid var(--line);border-radius:8px;background:var(--panel)}
.said p{margin:0 0 .4rem;overflow-wrap:anywhere}
.said .spectrogram{display:block;width:100%;height:5rem;object-fit:fill;image-rendering:pixelated}
.said audio{display:block;width:100%;height:2.2rem;margin-bottom:.5rem}
.aligned{display:flex;flex-wrap:wrap;gap:.4rem}
.aligned>*{display:inline-flex;flex-direction:column;align-items:flex-start;min-width:1.6em;max-width:100%;overflow-wrap:anywhere;font:inherit;color:inherit;text-align:start;background:none;border:0;border-bottom:3px solid transparent;border-radius:3px 3px 0 0;padding:0 .3rem}
.aligned small{color:var(--muted);font-variant-numeric:tabular-nums}
.aligned button{cursor:pointer}.aligned button:hover,.aligned .playing{background:var(--line)}
.aligned .substitution{border-bottom:3px solid var(--bad)}.aligned .deletion{border-bottom:3px dashed var(--warn)}.aligned .insertion{border-bottom:3px dotted var(--accent)}`;

/** Plays the part of a clip whose word is clicked. */
export const playScript = trusted(`<script>
(function () {
  "use strict";
  var audio, word, end;
  function stop() {
    if (word) word.classList.remove("playing");
    word = undefined;
  }
  function watch() {
    if (!word) return;
    if (audio.ended || audio.currentTime >= end) {
      audio.pause();
      stop();
    } else requestAnimationFrame(watch);
  }
  document.addEventListener("click", function (event) {
    var clicked = event.target.closest("button[data-from]");
    if (!clicked) return;
    stop();
    if (audio) audio.pause();
    word = clicked;
    audio = word.closest("li").querySelector("audio");
    end = Number(word.dataset.to);
    word.classList.add("playing");
    audio.currentTime = Number(word.dataset.from);
    audio.play().then(watch, stop);
  });
})();
</script>`);

/** Returns the alignments of clips, the worst first. */
export function alignments({ clips, unit, sounds, lang }: AlignmentsData): Markup {
  const w = wordsOf[lang];
  const item = (clip: Clip): Markup =>
    clipMarkup(clip, { unit, sound: soundOf({ sounds }, clip.item), lang });
  const list = (some: readonly Clip[]): Markup => html`<ol class="said">${some.map(item)}</ol>`;
  const rest = clips.slice(mostShown);
  const kinds = ["substitution", "deletion", "insertion"] as const;
  const plays = clips.some((clip) => clip.times && soundOf({ sounds }, clip.item));
  return html`<p class="muted">${w.alignedNote}${plays && ` ${w.clickNote}`}</p>
<div class="aligned small">${kinds.map((kind) => html`<span class="${kind}">${w.kinds[kind]}</span>`)}</div>
${list(clips.slice(0, mostShown))}
${rest.length > 0 && html`<details><summary>${wordsIn(lang).page.moreRows(rest.length)}</summary>${list(rest)}</details>`}`;
}

function clipMarkup(
  clip: Clip,
  { unit, sound, lang }: Pick<AlignmentsData, "unit" | "lang"> & { readonly sound: ShownSound | undefined },
): Markup {
  const { words, times = [] } = clip;
  const step = (word: AlignedWord, i: number): Markup =>
    stepMarkup(word, times[i] ?? null, {
      played: sound && playedPart(times, i, sound.seconds),
      withTime: unit === "words",
    });
  return html`<li><p><strong>${name(clip.item)}</strong> <span class="muted">${wordsOf[lang].errorCount(clip.errors)}</span></p>
${sound && html`<img class="spectrogram" src="${sound.spectrogram}" alt="${wordsIn(lang).page.spectrogram}"><audio controls src="${sound.sound}"></audio>`}
<div class="aligned">${words.map(step)}</div></li>`;
}

/** Returns the seconds that a step plays. One without a time, such as a missing word, plays what lies between its neighbours. */
function playedPart(
  times: readonly Time[],
  i: number,
  seconds: number,
): readonly [number, number] | undefined {
  if (times.length === 0) return undefined;
  const before = times.slice(0, i).findLast((time) => time !== null)?.[1] ?? 0;
  const after = times.slice(i + 1).find((time) => time !== null)?.[0] ?? seconds;
  const [start, end] = times[i] ?? [before, after];
  const from = Math.max(0, start - margin);
  return from < seconds ? [from, Math.min(seconds, end + margin)] : undefined;
}

function stepMarkup(
  [kind, reference, hypothesis]: AlignedWord,
  time: Time,
  {
    played,
    withTime,
  }: { readonly played: readonly [number, number] | undefined; readonly withTime: boolean },
): Markup {
  const spoken = time && `${time[0].toFixed(2)}–${time[1].toFixed(2)}`;
  const text = html`<bdi>${reference || "–"}</bdi><bdi class="muted">${hypothesis || "–"}</bdi>${withTime && html`<small>${spoken ?? ""}</small>`}`;
  if (!played) return html`<span class="${kind}">${text}</span>`;
  const [from, to] = played.map((seconds) => seconds.toFixed(3)) as [string, string];
  return html`<button type="button" class="${kind}" data-from="${from}" data-to="${to}" title="${spoken ? `${spoken} s` : ""}">${text}</button>`;
}
