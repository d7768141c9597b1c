import type { Lang } from "./langs.js";

/** Loads the sentences of a language. Bundles for browsers replace this file: there, this function loads a file of the language. */
export const loadLanguage = async (_lang: Lang): Promise<void> => undefined;
