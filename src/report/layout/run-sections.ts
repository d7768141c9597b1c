import type { Markup } from "../html.js";
import { layoutEn } from "../words/en/layout.js";
import type { Lang } from "../words/langs.js";
import { layoutZh } from "../words/zh/layout.js";
import type { Section } from "./layout.js";

/** A section of a run's report. */
export type RunSection = keyof typeof layoutEn.sections;

/** The sections of a run's report in their order; true: folded. */
const order: Readonly<Record<RunSection, boolean>> = {
  drawn: false,
  confusion: false,
  worst: false,
  scores: false,
  thresholds: false,
  otherTest: false,
  curves: false,
  calibration: false,
  sets: true,
  columns: false,
  explanations: true,
  features: true,
  layers: true,
  leaks: false,
  data: false,
  skipped: true,
  init: true,
  settings: true,
  reproduce: true,
};

/** What a run's report has to show; a section without an entry is left out. */
export type RunParts = {
  readonly [Kind in RunSection]?: Markup | { readonly title: string; readonly body: Markup } | undefined;
};

// Not read here: the bundle for browsers has no Chinese words.
const layoutWords = { en: layoutEn, zh: layoutZh };

export const sectionTitle = (section: RunSection, lang: Lang): string => layoutWords[lang].sections[section];

/** Returns the sections of a run's report in the order that all reports share. */
export function runSections(parts: RunParts, lang: Lang): readonly Section[] {
  return (Object.keys(order) as RunSection[]).flatMap((id) => {
    const part = parts[id];
    if (part === undefined) return [];
    const titled = "body" in part ? part : { title: sectionTitle(id, lang), body: part };
    return [{ id, folded: order[id], ...titled }];
  });
}
