// Sentences in the language of the page.
import { signal } from "@preact/signals";
import { en, type Words } from "./en/index.js";

export type Lang = "en" | "zh";

const words = signal<Words>(en);
const lang = signal<Lang>("en");

/** Returns the sentences of the chosen language. A component renders again when the language changes. */
export const currentWords = (): Words => words.value;

export const currentLang = (): Lang => lang.value;

/** Writes a moment in the language of the page. @param iso ISO 8601 */
export const writtenTime = (iso: string): string =>
  new Date(iso).toLocaleString(currentLang() === "zh" ? "zh-CN" : "en", {
    dateStyle: "medium",
    timeStyle: "medium",
  });

/** Changes the language of the page, and remembers it. Rejects if the sentences cannot be loaded: the page stays as it is. */
export async function setLang(chosen: Lang): Promise<void> {
  words.value = chosen === "zh" ? (await import("./zh/index.js")).zh : en;
  lang.value = chosen;
  document.title = words.value.app.title;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  try {
    localStorage.setItem("engraft-lang", chosen);
  } catch {
    // A private window may refuse.
  }
}

/** Language of the address, of the last visit, or of the browser. */
export function firstLang(): Lang {
  const named = new URLSearchParams(location.search).get("lang");
  if (named === "en" || named === "zh") return named;
  try {
    const kept = localStorage.getItem("engraft-lang");
    if (kept === "en" || kept === "zh") return kept;
  } catch {
    // A private window may refuse.
  }
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}
