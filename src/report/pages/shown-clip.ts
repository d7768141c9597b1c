import { html, type Markup } from "../html.js";
import { type ReportData, soundOf } from "../report-data.js";
import { type Lang, wordsIn } from "../words/index.js";

/** Returns the spectrogram of a clip with a player, if the data still has the clip. */
export function shownClip(
  data: { readonly sounds?: ReportData["sounds"] | undefined; readonly lang?: Lang },
  item: string,
): Markup | undefined {
  const one = soundOf(data, item);
  const { page: w } = wordsIn(data.lang ?? "en");
  return (
    one &&
    html`<img class="spectrogram" src="${one.spectrogram}" alt="${w.spectrogram}"><audio controls preload="none" src="${one.sound}"></audio>`
  );
}
