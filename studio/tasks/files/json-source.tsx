import { useId, useState } from "preact/hooks";
import { useStudio } from "../../engine/studio.js";
import { currentWords } from "../../words/current-words.js";
import { FileButton } from "../controls.js";
import type { SourceProps } from "../task-row.js";

/** A file, a text, or JSON to try with any model. */
export function JsonSource({ onInput }: SourceProps) {
  const { files: words } = currentWords().tasks;
  const { store } = useStudio();
  const [text, setText] = useState("");
  const id = useId();
  const predict = (): void => {
    try {
      onInput({ input: inputOf(text), keep: async () => ({ content: text }) });
    } catch (error) {
      const { message } = error as Error;
      store.notify({ kind: "error", text: words.noJson(message), help: words.jsonHelp });
    }
  };
  return (
    <form
      class="json-source"
      onSubmit={(event) => {
        event.preventDefault();
        predict();
      }}
    >
      <FileButton
        text={words.tryFile}
        onFiles={([file]) =>
          onInput({ input: file, keep: async () => ({ content: file!, name: file!.name }) })
        }
      />
      <label for={id}>{words.json}</label>
      <textarea
        id={id}
        rows={4}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" disabled={text.trim() === ""}>
        {words.predict}
      </button>
    </form>
  );
}

/** Returns the value of JSON; a text that does not begin like JSON is an input itself. @throws SyntaxError */
function inputOf(text: string): unknown {
  const trimmed = text.trim();
  return /^[[{"]/.test(trimmed) ? JSON.parse(trimmed) : trimmed;
}
