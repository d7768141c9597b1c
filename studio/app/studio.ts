// State that every component can reach.
import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { LiveModel } from "../engine/live.js";
import type { Trainer } from "../engine/trainer.js";
import type { Store } from "../store/store.js";
import { en, type Words } from "../words/en/index.js";

/** Parts of the studio behind its pages. */
export interface Studio {
  readonly store: Store;
  /** Quick model that follows the samples. */
  readonly live: LiveModel;
  readonly trainer: Trainer;
  /** "server": the page of `engraft studio`. */
  readonly home: "static" | "server";
}

export const StudioContext = createContext<Studio | undefined>(undefined);

/** Returns the parts of the studio, in a component. */
export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error("there is no studio around this component");
  return studio;
}

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

/** Changes the language of the page, and remembers it. */
export async function setLang(chosen: Lang): Promise<void> {
  words.value = chosen === "zh" ? (await import("../words/zh/index.js")).zh : en;
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
