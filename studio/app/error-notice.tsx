// Text of an error, in the language of the page.
import type { ComponentChildren } from "preact";
import { loadWeb } from "../engine/web.js";
import { useLoaded } from "./controls.js";
import { currentLang, currentWords } from "./studio.js";

export interface ErrorWords {
  readonly text: string;
  /** What to do. */
  readonly help?: string | undefined;
  /** Language of the help, if it is another one than that of the page. */
  readonly helpLang?: "en";
}

/** Returns what is wrong and what to do. The library has Chinese words for errors with a code. */
export async function errorWords(error: unknown): Promise<ErrorWords> {
  const { app } = currentWords();
  const { message, help, code } = (error ?? {}) as {
    readonly message?: string;
    readonly help?: string;
    readonly code?: string;
  };
  // Browsers say it in different words, without what to do.
  if (/dynamically imported|importing a module/i.test(message ?? ""))
    return { text: app.notLoaded, help: app.notLoadedHelp };
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

/** Returns the text of an error; undefined until it is loaded. */
export const useErrorWords = (error: unknown): ErrorWords | null | undefined =>
  useLoaded(() => errorWords(error), [error, currentLang()]);

/** What an error says, and what to do. */
export function ErrorText({ error }: { readonly error: unknown }) {
  const words = useErrorWords(error);
  return words ? <WrittenError words={words} /> : null;
}

const WrittenError = ({ words: { text, help, helpLang } }: { readonly words: ErrorWords }) => (
  <>
    {text}
    {help !== undefined && currentWords().app.gap}
    {help !== undefined && <small lang={helpLang}>{help}</small>}
  </>
);

/** An error with what to do. */
export function ErrorNotice({
  error,
  title,
  children,
}: {
  readonly error: unknown;
  /** What failed, in front of the reason. */
  readonly title?: string;
  readonly children?: ComponentChildren;
}) {
  const words = useErrorWords(error);
  if (!words) return null;
  const { gap } = currentWords().app;
  return (
    <div class="notice error" role="alert">
      <span>
        {title}
        {title !== undefined && gap}
        <WrittenError words={words} />
      </span>
      {children}
    </div>
  );
}
