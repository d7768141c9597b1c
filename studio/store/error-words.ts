// Text of an error, in the language of the page.
import { currentLang, currentWords } from "../words/current-words.js";
import { loadWeb } from "./web.js";

export interface ErrorWords {
  readonly text: string;
  /** What to do. */
  readonly help?: string | undefined;
  /** Language of the help, if it is another one than that of the page. */
  readonly helpLang?: "en";
}

/** True if a part of the page could not be loaded. Browsers say it in different words. */
export const isMissingPart = (error: unknown): boolean =>
  /dynamically imported|importing a module/i.test((error as { message?: string } | null)?.message ?? "");

/** Returns what is wrong and what to do. The library has Chinese words for errors with a code. */
export async function errorWords(error: unknown): Promise<ErrorWords> {
  const { app } = currentWords();
  const { message, help, code } = (error ?? {}) as {
    readonly message?: string;
    readonly help?: string;
    readonly code?: string;
  };
  if (isMissingPart(error)) return { text: app.notLoaded, help: app.notLoadedHelp };
  const own: ErrorWords = { text: message ?? String(error), help };
  // The page's own errors are in its language.
  if (currentLang() === "en" || /\p{Script=Han}/u.test(own.text)) return own;
  const english: ErrorWords = {
    text: app.inEnglish,
    help: [own.text, help ?? ""].join("\n").trim(),
    helpLang: "en",
  };
  if (code === undefined) return english;
  try {
    const { errorText } = await loadWeb();
    const [text, more] = (await errorText(error, currentLang())).split("\n");
    return { text: text!, help: more };
  } catch {
    return english;
  }
}
