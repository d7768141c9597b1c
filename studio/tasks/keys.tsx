// One table of keys. A page registers what its keys do.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import { hrefOf, route } from "../store/route.js";
import { currentWords } from "../words/current-words.js";

/** Function of each key of the shown page, by its name in {@link keySigns}. */
const registered = signal<Partial<Record<KeyName, (event: KeyboardEvent) => void>>>({});

/** Keys as the dialog shows them. */
const keySigns = {
  record: "R",
  class: "1–9",
  move: "← ↑ → ↓",
  remove: "Delete",
  undo: "Ctrl+Z",
  redo: "Ctrl+Y",
  train: "T",
  pause: "Space",
  keys: "?",
};
type KeyName = keyof typeof keySigns;

/** Sets what keys do while the component is shown. */
export function useKeyActions(actions: Partial<Record<KeyName, (event: KeyboardEvent) => void>>): void {
  // Before the next key is handled.
  useLayoutEffect(() => {
    registered.value = { ...registered.peek(), ...actions };
    return () => {
      const others = { ...registered.peek() };
      for (const name of Object.keys(actions) as KeyName[])
        if (others[name] === actions[name]) delete others[name];
      registered.value = others;
    };
  });
}

/** Name of the key of an event; undefined if it is none, if the user types into a field, or if a dialog is open. */
function keyOf({ key, ctrlKey, metaKey, shiftKey, altKey, target }: KeyboardEvent): KeyName | undefined {
  const { tagName, type } = target as HTMLInputElement;
  const types = tagName === "TEXTAREA" || tagName === "SELECT" || (tagName === "INPUT" && type !== "file");
  if (types || altKey || document.querySelector("dialog[open]")) return undefined;
  if (ctrlKey || metaKey) {
    if (key === "z" || key === "Z") return shiftKey ? "redo" : "undo";
    return key === "y" ? "redo" : undefined;
  }
  if (/^[1-9]$/.test(key)) return "class";
  if (key.startsWith("Arrow")) return "move";
  if (key === " ")
    return tagName === "BUTTON" || tagName === "A" || tagName === "SUMMARY" ? undefined : "pause";
  const names: Readonly<Record<string, KeyName>> = {
    ...{ r: "record", R: "record", t: "train", T: "train" },
    ...{ Delete: "remove", Backspace: "remove", "?": "keys" },
  };
  return names[key];
}

/** Listens to the keys of a project's pages. */
export function useKeys(): void {
  const { store } = useStudio();
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      const name = keyOf(event);
      if (name === undefined) return;
      const { project } = route.value;
      const common: Partial<Record<KeyName, () => void>> = {
        undo: () => void store.undo(),
        redo: () => store.dispatch({ do: "redo" }),
        train: () => {
          location.hash = hrefOf({ page: "train", ...(project && { project }) });
        },
        keys: () => {
          keysShown.value = true;
        },
      };
      const action = registered.peek()[name] ?? common[name];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [store]);
}

const keysShown = signal(false);

/** Button that shows all keys in a dialog. */
export function KeysButton() {
  const { app } = currentWords();
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the next key is handled.
  useLayoutEffect(() => {
    if (keysShown.value && dialog.current?.open === false) dialog.current.showModal();
  }, [keysShown.value]);
  return (
    <>
      <button type="button" class="quiet keys-button" onClick={() => (keysShown.value = true)}>
        {app.keys}
      </button>
      <dialog ref={dialog} aria-label={app.keys} onClose={() => (keysShown.value = false)}>
        <h2>{app.keys}</h2>
        <dl class="keys">
          {Object.entries(keySigns).map(([name, sign]) => (
            <div key={name}>
              <dt>
                <kbd>{sign}</kbd>
              </dt>
              <dd>{app.keyHelp[name as KeyName]}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit">{app.close}</button>
        </form>
      </dialog>
    </>
  );
}
