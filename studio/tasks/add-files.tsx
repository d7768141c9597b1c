// Files and folders that the user chooses or drops, as files of the project.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ProjectFile } from "../../src/studio/project.js";
import { useStudio, useWords } from "../app/studio.js";
import { newId, type Store } from "../store/store.js";

/** A file with its path in the data. */
interface Chosen {
  readonly path: string;
  readonly file: File;
}

/** Files of one action: an action must fit into a request of 1 MB. */
const batch = 500;
/** Files that a system puts into folders. */
const hidden = /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)/;

/**
 * Stores files and adds them to the project. One undo removes them.
 * @param others "replace": the earlier files go
 */
export async function addFiles(
  store: Store,
  chosen: readonly Chosen[],
  onDone: (done: number) => void = () => {},
  others: "keep" | "replace" = "keep",
): Promise<void> {
  const project = store.project.value!;
  const files: ProjectFile[] = [];
  for (const { path, file } of chosen) {
    files.push({ path, hash: (await store.keep(file)).hash });
    onDone(files.length);
  }
  if (store.project.value?.id !== project.id) return;
  const step = newId();
  if (others === "replace") {
    const paths = project.files.map((one) => one.path);
    if (paths.length > 0) store.dispatch({ do: "remove-files", paths, step });
    for (const name of ["target", "ignore", "categories"])
      if (name in project.options) store.dispatch({ do: "set-option", name, step });
  }
  for (let from = 0; from < files.length; from += batch)
    store.dispatch({ do: "add-files", files: files.slice(from, from + batch), step });
}

/** Returns the files of an input or a drop, without those that a system hides. */
export const chosenFiles = (files: Iterable<File>): Chosen[] =>
  [...files]
    .map((file) => ({ path: (file.webkitRelativePath || file.name).normalize("NFC"), file }))
    .filter(({ path }) => !hidden.test(path));

/** Returns the files of a drop with the files of its folders. */
async function droppedFiles({ items, files }: DataTransfer): Promise<Chosen[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter((entry) => !!entry);
  if (entries.length === 0) return chosenFiles(files);
  const found: Chosen[] = [];
  const visit = async (entry: FileSystemEntry): Promise<void> => {
    const path = entry.fullPath.replace(/^\//, "").normalize("NFC");
    if (hidden.test(path)) return;
    if (entry.isFile) {
      const file = await new Promise<File>((...ended) => (entry as FileSystemFileEntry).file(...ended));
      found.push({ path, file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    const next = () => new Promise<FileSystemEntry[]>((...ended) => reader.readEntries(...ended));
    // A reader gives at most 100 entries at once.
    for (let inner = await next(); inner.length > 0; inner = await next())
      for (const one of inner) await visit(one);
  };
  for (const entry of entries) await visit(entry);
  return found;
}

/** Area where files are dropped, with its buttons. */
export function DropArea({
  onFiles,
  accept,
  folders = false,
  children,
}: {
  /** Adds the files; `onDone` shows how many are stored. */
  readonly onFiles: (files: readonly Chosen[], onDone: (done: number) => void) => Promise<void>;
  readonly accept?: string;
  /** True for a button that chooses a folder. */
  readonly folders?: boolean;
  readonly children?: ComponentChildren;
}) {
  const { files: words } = useWords().tasks;
  const { store } = useStudio();
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number }>();
  const add = async (files: Promise<readonly Chosen[]> | readonly Chosen[]): Promise<void> => {
    try {
      const chosen = await files;
      if (chosen.length === 0) return;
      setProgress({ done: 0, total: chosen.length });
      await onFiles(chosen, (done) => setProgress({ done, total: chosen.length }));
    } catch (error) {
      store.fail(error);
    }
    setProgress(undefined);
  };
  const button = (text: string, isFolder: boolean) => (
    <label class="button">
      {text}
      <input
        class="unseen"
        type="file"
        multiple={folders}
        ref={(input) => void input?.toggleAttribute("webkitdirectory", isFolder)}
        {...(accept !== undefined && { accept })}
        disabled={store.readOnly.value || progress !== undefined}
        onChange={({ currentTarget }) => {
          const files = chosenFiles(currentTarget.files ?? []);
          currentTarget.value = "";
          void add(files);
        }}
      />
    </label>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside do the same
    <div
      class="drop-area"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (event.dataTransfer && !store.readOnly.value) void add(droppedFiles(event.dataTransfer));
      }}
    >
      <div class="row">
        {button(folders ? words.addFiles : words.openTable, false)}
        {folders && button(words.addFolder, true)}
        <span class="soft">{words.drop(folders)}</span>
      </div>
      {children}
      {progress && (
        <label>
          {words.storing(progress.done, progress.total)}
          <progress value={progress.done} max={progress.total} />
        </label>
      )}
    </div>
  );
}
