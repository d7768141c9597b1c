import type { Lang } from "./langs.js";

/** Loads the sentences of a language. The bundle for browsers replaces this file: there, Chinese is a part that this function loads. */
export const loadLanguage = async (_lang: Lang): Promise<void> => undefined;
