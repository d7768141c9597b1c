// Files and folders that the user chooses or drops, as files of the project.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ProjectFile } from "../../src/studio/project.js";
import { useStudio } from "../engine/studio.js";
import { chosenFiles, droppedFiles, type FoundFile } from "../store/found-files.js";
import { newId, type Store } from "../store/store.js";
import { currentWords } from "../words/current-words.js";
import { FileButton } from "./controls.js";

/**
 * Stores files and adds them to the project. One undo removes them.
 * @param others "replace": the earlier files go
 */
export async function addFiles(
  store: Store,
  chosen: readonly FoundFile[],
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
  store.dispatch({ do: "add-files", files, step });
}

/** Area where files are dropped, with its buttons. */
export function DropArea({
  onFiles,
  accept,
  folders = false,
  children,
}: {
  /** Adds the files; `onDone` shows how many are stored. */
  readonly onFiles: (files: readonly FoundFile[], onDone: (done: number) => void) => Promise<void>;
  readonly accept?: string;
  /** True for a button that chooses a folder. */
  readonly folders?: boolean;
  readonly children?: ComponentChildren;
}) {
  const { files: words } = currentWords().tasks;
  const { store } = useStudio();
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number }>();
  const add = async (files: Promise<readonly FoundFile[]>): Promise<void> => {
    await store.attempt(async () => {
      const chosen = await files;
      if (chosen.length === 0) return;
      setProgress({ done: 0, total: chosen.length });
      await onFiles(chosen, (done) => setProgress({ done, total: chosen.length }));
    });
    setProgress(undefined);
  };
  const button = (text: string, folder: boolean) => (
    <FileButton
      {...{ text, accept, folder }}
      multiple={folders}
      disabled={store.readOnly.value}
      isBusy={progress !== undefined}
      onFiles={(files) => void add(Promise.resolve(chosenFiles(files)))}
    />
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
