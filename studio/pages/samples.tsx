import { useEffect, useRef } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import { chosenFiles, droppedFiles, type FoundFile } from "../store/found-files.js";
import { route } from "../store/route.js";
import { newId, type Store } from "../store/store.js";
import { FileButton, usePastedFiles } from "../tasks/controls.js";
import { useTaskRow } from "../tasks/index.js";
import { useKeyActions } from "../tasks/keys.js";
import type { SamplesRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";
import { AddingBar, SkippedList } from "./samples-adding.js";
import { ClassCard, ClassSelect } from "./samples-card.js";
import { SamplesCheck } from "./samples-check.js";
import { addFiles, addFolders } from "./samples-files.js";
import { applyToSelected, selected, selectedCard, selectMany, wantsFocus } from "./samples-selection.js";
import { type ClassView, classViews } from "./samples-view.js";

export function SamplesPage() {
  const { app } = currentWords();
  const row = useTaskRow();
  if (!row) return row === null ? null : <p class="loading">{app.loading}</p>;
  if (row.data === "samples") return <ClassCards row={row} />;
  return (
    <div class="samples">
      <h1>{app.pages.samples}</h1>
      <SamplesCheck />
      <row.Page />
    </div>
  );
}

function ClassCards({ row }: { readonly row: SamplesRow }) {
  const { store } = useStudio();
  const { app, samples: words } = currentWords();
  const views = useClassViews(store);
  useFirstClasses(store);
  // The keys work on a card from the start.
  useEffect(() => {
    if (!views.some(({ id }) => id === selectedCard.value)) selectedCard.value = views[0]?.id;
  });
  useSamplesOfAddress(store);
  usePastedFiles("samples", (files) => {
    const into = views.find(({ id }) => id === selectedCard.value);
    if (into) void addFiles(store, row, into.id, files);
  });
  const isGivenName = (name: string): boolean => views.some((_, i) => words.newClass(i + 1) === name);
  const addFound = (found: readonly FoundFile[]): Promise<void> =>
    store.attempt(async () => {
      if (!(await addFolders(store, row, found, isGivenName)))
        store.notify({ kind: "info", text: words.noFolder });
    });
  const onDrop = async (event: DragEvent): Promise<void> => {
    const card = (event.target as Element).closest<HTMLElement>("[data-class]");
    event.preventDefault();
    const found = await droppedFiles(event.dataTransfer!);
    const files = found.map(({ file }) => file);
    await (card ? addFiles(store, row, card.dataset.class!, files) : addFound(found));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can also be added by buttons
    <div
      class={`samples samples-${row.kind}`}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => void onDrop(event)}
    >
      <h1>{app.pages.samples}</h1>
      <SamplesCheck />
      {row.Above && <row.Above />}
      <AddingBar />
      <SkippedList />
      {views.map((view) => (
        <ClassCard key={view.id} view={view} row={row} />
      ))}
      <fieldset class="row add-class" disabled={store.readOnly.value}>
        <button
          type="button"
          onClick={() => {
            const names = new Set(views.map(({ name }) => name));
            let number = views.length + 1;
            while (names.has(words.newClass(number))) number++;
            store.dispatch({ do: "add-class", id: newId(), name: words.newClass(number) });
          }}
        >
          {words.addClass}
        </button>
        <FileButton
          text={words.addFolder}
          folder
          multiple
          onFiles={(files) => void addFound(chosenFiles(files))}
        />
      </fieldset>
      <SelectionBar views={views} />
    </div>
  );
}

/** Classes of the project with their samples. */
function useClassViews(store: Store): readonly ClassView[] {
  const views = useRef<readonly ClassView[]>([]);
  views.current = classViews(store.project.value!, views.current);
  return views.current;
}

/** Gives a new project two classes. A project whose classes were removed stays without. */
function useFirstClasses(store: Store): void {
  const { samples: words } = currentWords();
  const { project, past, future } = store.history.value!;
  useEffect(() => {
    if (project.classes.length + past.length + future.length > 0) return;
    store.dispatchTogether([1, 2].map((n) => ({ do: "add-class", id: newId(), name: words.newClass(n) })));
  }, [project.id]);
}

/** Selects the samples that the address names, and shows the first. */
function useSamplesOfAddress(store: Store): void {
  const { page, detail } = route.value;
  useEffect(() => {
    if (page !== "samples" || detail === undefined) return;
    const ids = new Set(detail.split(","));
    const samples = store.project.value!.samples.filter(({ id }) => ids.has(id));
    selectMany(
      samples.map(({ id }) => id),
      samples[0]?.id,
    );
    selectedCard.value = samples[0]?.class;
    wantsFocus.value = true;
  }, [page, detail, store]);
}

/** Actions on the selected samples: by buttons, and by the keys Delete and 1 to 9. */
function SelectionBar({ views }: { readonly views: readonly ClassView[] }) {
  const { store } = useStudio();
  const { app, samples: words } = currentWords();
  const ids = selected.value;
  const chosen = views.flatMap(({ samples }) => samples.filter(({ id }) => ids.has(id)));
  const count = chosen.length;
  const regroup = (group?: string): void =>
    store.dispatch({ do: "group-samples", ids: chosen.map(({ id }) => id), ...(group && { group }) });
  useKeyActions(
    count > 0
      ? {
          remove: () => applyToSelected(store, views),
          class: ({ key }) => {
            const into = views[Number(key) - 1];
            if (into) applyToSelected(store, views, into.id);
          },
        }
      : {},
  );
  if (count === 0) return null;
  return (
    <fieldset class="row selection" aria-label={words.selected(count)} disabled={store.readOnly.value}>
      <span role="status">{words.selected(count)}</span>
      <ClassSelect label={words.moveTo} onClass={(into) => applyToSelected(store, views, into)} />
      {count > 1 && (
        <button type="button" onClick={() => regroup(newId())}>
          {words.oneRecording}
        </button>
      )}
      {chosen.some(({ group }) => group !== undefined) && (
        <button type="button" onClick={() => regroup()}>
          {words.noRecording}
        </button>
      )}
      <button type="button" class="danger" onClick={() => applyToSelected(store, views)}>
        {app.remove}
      </button>
      <button type="button" class="quiet" onClick={() => selectMany([])}>
        {words.selectNone}
      </button>
    </fieldset>
  );
}
