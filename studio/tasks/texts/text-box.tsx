import { useId, useState } from "preact/hooks";
import { useStudio } from "../../engine/studio.js";
import type { Draft } from "../../store/store.js";
import { currentWords } from "../../words/current-words.js";
import type { GatherProps } from "../task-row.js";

/** Longest text of a sample, as the project allows it. */
export const longestText = 100_000;

/** Returns a sample for each line that holds text. */
export const linesOf = (text: string): Draft[] =>
  text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim().slice(0, longestText))
    .filter((line) => line !== "")
    .map((content) => ({ content }));

/** Box of a class card: one text a line. */
export function TextBox({ onDrafts }: GatherProps) {
  const { texts: words } = currentWords().tasks;
  const { store } = useStudio();
  const [value, setValue] = useState("");
  const id = useId();
  const lines = linesOf(value);
  const add = (): void => {
    if (lines.length === 0) return;
    // The text stays in the box if it cannot be stored.
    onDrafts(lines).then(
      () => setValue((now) => (now === value ? "" : now)),
      (error) => store.fail(error),
    );
  };
  return (
    <div class="text-box">
      <label for={id}>{words.box}</label>
      <textarea
        id={id}
        rows={3}
        value={value}
        onInput={({ currentTarget }) => setValue(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) add();
        }}
      />
      <button type="button" disabled={lines.length === 0} onClick={add}>
        {words.add(lines.length)}
      </button>
    </div>
  );
}
