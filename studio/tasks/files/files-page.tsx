import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ProjectFile } from "../../../src/studio/project.js";
import { useStudio } from "../../engine/studio.js";
import { currentWords } from "../../words/current-words.js";
import { addFiles, DropArea } from "../add-files.js";
import { useFocusAfter } from "../controls.js";
import { Inspection, useInspection } from "../inspection.js";
import { OptionChoice } from "../option-choice.js";

/** Page of samples of every task without a page of its own: files as `engraft train` reads them. */
export function FilesPage() {
  const { files: words } = currentWords().tasks;
  const { store } = useStudio();
  const { files } = store.project.value!;
  const inspected = useInspection();
  return (
    <section class="card files-page" aria-label={words.title}>
      <h2>{words.title}</h2>
      <DropArea folders onFiles={(chosen, onDone) => addFiles(store, chosen, onDone)} />
      {files.length > 0 && (
        <>
          <OptionChoice
            name="task"
            label={words.task}
            otherwise={words.asFound}
            choices={Object.entries(words.tasks).map(([name, [title]]) => [name, title])}
          />
          <Inspection inspected={inspected} />
          <FileList files={files} />
        </>
      )}
      <details open={files.length === 0}>
        <summary>{words.trainable}</summary>
        <dl class="layouts">
          {Object.entries(words.tasks).map(([name, [title, layout]]) => (
            <div key={name}>
              <dt>{title}</dt>
              <dd class="soft">{layout}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

/** Height of a row, and rows that are drawn at once. */
const [rowHeight, drawn] = [44, 24];

const byName = new Intl.Collator(undefined, { numeric: true });

/** Names of the files. Only those in view, and the current one, are drawn. */
function FileList({ files: given }: { readonly files: readonly ProjectFile[] }) {
  const { files: words } = currentWords().tasks;
  const { store } = useStudio();
  const files = useMemo(() => [...given].sort((a, b) => byName.compare(a.path, b.path)), [given]);
  const [top, setTop] = useState(0);
  const part = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useFocusAfter(part);
  const last = Math.max(0, files.length - drawn);
  const first = Math.min(last, Math.max(0, Math.floor(top / rowHeight) - 4));
  const shown = files.slice(first, first + drawn).map(({ path }, i) => ({ path, index: first + i }));
  // One button is in the order of the Tab key. The arrow keys move to others.
  const [chosen, setChosen] = useState(0);
  const current = Math.min(chosen, files.length - 1);
  if (current < first || current >= first + drawn) shown.push({ path: files[current]!.path, index: current });
  const takesFocus = useRef(false);
  useLayoutEffect(() => {
    if (takesFocus.current) list.current!.querySelector<HTMLElement>("[tabindex='0']")?.focus();
    takesFocus.current = false;
  });
  const move = (to: number): void => {
    takesFocus.current = true;
    setChosen(Math.max(0, Math.min(to, files.length - 1)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ...{ ArrowUp: current - 1, ArrowDown: current + 1, Home: 0, End: files.length - 1 },
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(to);
  };
  const remove = (paths: string[]): void => store.dispatch({ do: "remove-files", paths });
  return (
    <div ref={part}>
      <div class="row">
        <h3>{words.count(files.length)}</h3>
        <button
          type="button"
          class="quiet danger"
          disabled={store.readOnly.value}
          onClick={() => remove(files.map(({ path }) => path))}
        >
          {words.removeAll}
        </button>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys move between the buttons inside */}
      <div
        ref={list}
        class="file-list"
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <ul class="plain" style={{ height: `${files.length * rowHeight}px` }}>
          {shown.map(({ path, index }) => (
            <li key={path} style={{ top: `${index * rowHeight}px` }}>
              <span class="one-line" title={path}>
                {path}
              </span>
              <button
                type="button"
                class="quiet"
                aria-label={words.removeFile(path)}
                tabIndex={index === current ? 0 : -1}
                aria-disabled={store.readOnly.value}
                onClick={() => {
                  // The next file takes the place of this one.
                  move(index);
                  remove([path]);
                }}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
