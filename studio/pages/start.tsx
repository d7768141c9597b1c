import { useEffect, useState } from "preact/hooks";
import type { ProjectKind, SampleKind } from "../../src/studio/project-kinds.js";
import { useStudio } from "../engine/studio.js";
import { go } from "../store/route.js";
import { BusyButton, FileButton, useLoaded } from "../tasks/controls.js";
import { kinds } from "../tasks/index.js";
import { currentWords } from "../words/current-words.js";
import { StoredProjects } from "./start-projects.js";

/** Start page: a new project, examples, a project from a zip file, and the stored projects. */
export function StartPage() {
  const { start } = currentWords();
  const { store, home } = useStudio();
  const signedIn = useLoaded(() => (home === "server" ? import("./signed-in.js") : undefined), []);
  const [busy, setBusy] = useState<string>();
  /** Runs something that opens a project, and shows its samples. */
  const opens = async (text: string, work: () => Promise<string>): Promise<void> => {
    setBusy(text);
    await store.attempt(async () => go({ page: "samples", project: await work() }));
    setBusy(undefined);
  };
  const openFile = ([file]: readonly File[]): void => {
    if (!file) return;
    const onContent = (done: number, all: number): void => setBusy(start.opening(done, all));
    void opens(start.openProject, async () => {
      const { openZip } = await import("../store/import-project.js");
      return await openZip(store, file, onContent);
    });
  };
  useDroppedFiles(openFile);
  const openExample = (kind: SampleKind, name: string): void => {
    void opens(start.loadingExamples, async () => {
      try {
        const { openExamples } = await import("../store/import-project.js");
        return await openExamples(store, kind, name);
      } catch (error) {
        // A page without a connection throws TypeError.
        if ((error as { readonly help?: string }).help !== undefined) throw error;
        throw Object.assign(new Error(start.noExamples), { help: start.noExamplesHelp });
      }
    });
  };
  const create = (kind: ProjectKind): void =>
    void opens(start.kinds[kind].name, () => store.create(kind, start.kinds[kind].name));
  return (
    <div class="start" aria-busy={busy !== undefined}>
      <header>
        <h1>{start.title}</h1>
        <p>{start.promise}</p>
      </header>
      <p class="busy" role="status">
        {busy}
      </p>
      <section aria-label={start.choose}>
        <h2>{start.choose}</h2>
        <div class="kinds">
          {kinds.map((kind) => (
            <BusyButton key={kind} isBusy={busy !== undefined} onClick={() => create(kind)}>
              <strong>{start.kinds[kind].name}</strong>
              <small>{start.kinds[kind].about}</small>
            </BusyButton>
          ))}
        </div>
      </section>
      <section aria-label={start.examples}>
        <h2>{start.examples}</h2>
        <div class="row">
          {(Object.entries(start.exampleNames) as [SampleKind, string][]).map(([kind, name]) => (
            <BusyButton key={kind} isBusy={busy !== undefined} onClick={() => openExample(kind, name)}>
              {name}
            </BusyButton>
          ))}
        </div>
      </section>
      <StoredProjects />
      <section aria-label={start.openProject}>
        <h2>{start.openProject}</h2>
        <div class="open">
          <span>{start.openHelp}</span>
          <FileButton text={start.openProject} accept=".zip" isBusy={busy !== undefined} onFiles={openFile} />
        </div>
      </section>
      {signedIn && <signedIn.SignedIn />}
    </div>
  );
}

/** Calls a function with files that are dropped anywhere on the page. */
function useDroppedFiles(onFiles: (files: readonly File[]) => void): void {
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      onFiles([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", over);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", drop);
    };
  });
}
