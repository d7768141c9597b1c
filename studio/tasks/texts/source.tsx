import { useEffect, useId, useState } from "preact/hooks";
import { currentWords } from "../../words/current-words.js";
import type { SourceProps } from "../task-row.js";

/** Pause after the last key before a prediction, in milliseconds. */
const pause = 150;

/** Box on the page Try: predicts while the user types. */
export function TextSource({ onInput, paused }: SourceProps) {
  const { texts: words } = currentWords().tasks;
  const [text, setText] = useState("");
  const id = useId();
  useEffect(() => {
    const input = text.trim();
    if (paused || input === "") return;
    const timer = setTimeout(() => onInput({ input, keep: async () => ({ content: input }) }), pause);
    return () => clearTimeout(timer);
  }, [text, paused]);
  return (
    <div class="text-box">
      <label for={id}>{words.try}</label>
      <textarea id={id} rows={4} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
    </div>
  );
}
