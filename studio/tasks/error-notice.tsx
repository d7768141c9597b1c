// Errors on the page.
import type { ComponentChildren } from "preact";
import { type ErrorWords, errorWords } from "../store/error-words.js";
import { currentLang, currentWords } from "../words/current-words.js";
import { useLoaded } from "./controls.js";

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
