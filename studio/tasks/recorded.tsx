// Sentences that a run recorded, in the language of the page.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { MessageTable, WarningText } from "../../src/core/messages/message.js";
import { currentLang, currentWords } from "../words/current-words.js";

/** Chinese sentences of the library, loaded on the first use: by their code, and reasons by their English words. */
const chinese = signal<{
  readonly messages: Partial<MessageTable>;
  readonly reasonZh: (reason: string) => string | undefined;
}>();

/** A sentence of a run. It stays English if it has no code, and the page says so. */
export function Recorded({
  text: { message, sentence },
}: {
  readonly text: Pick<WarningText, "message" | "sentence">;
}) {
  const { app } = currentWords();
  const lang = currentLang();
  useEffect(() => {
    if (lang === "zh")
      void Promise.all([
        import("../../src/report/words/zh/messages/index.js"),
        import("../../src/report/words/zh/reasons.js"),
        import("../../src/report/words/load-language.js").then(({ loadLanguage }) => loadLanguage(lang)),
      ]).then(
        ([{ messagesZh: messages }, { reasonZh }]) => {
          chinese.value = { messages, reasonZh };
        },
        // Until the page is loaded again, sentences stay English.
        () => {
          chinese.value = { messages: {}, reasonZh: () => undefined };
        },
      );
  }, [lang]);
  if (lang === "en") return <>{message}</>;
  if (!chinese.value) return null;
  // The run may be of another version, with a code that this table lacks.
  const row: unknown = sentence ? chinese.value.messages[sentence.code] : chinese.value.reasonZh(message);
  if (typeof row === "string") return <>{row}</>;
  if (typeof row === "function") return <>{row("values" in sentence! ? sentence.values : undefined)}</>;
  return (
    <>
      {app.inEnglish}
      <span lang="en">{message}</span>
    </>
  );
}
