import { useCallback, useEffect, useState } from "preact/hooks";
import { longestName } from "../../src/studio/project.js";
import { knownKind } from "../../src/studio/project-kinds.js";
import { useStudio } from "../engine/studio.js";
import { hrefOf } from "../store/route.js";
import type { ProjectEntry } from "../store/storage.js";
import { currentWords, writtenTime } from "../words/current-words.js";
import { DeleteButton } from "./delete-button.js";

/** Stored projects, the newest first. */
export function StoredProjects() {
  const { start } = currentWords();
  const { store } = useStudio();
  const [entries, setEntries] = useState<readonly ProjectEntry[]>([]);
  const list = useCallback(
    () =>
      store.attempt(async () => {
        await store.stored();
        setEntries(await store.storage.list());
      }),
    [store],
  );
  useEffect(() => {
    // Another tab has the project open.
    if (store.readOnly.value) void store.close();
    void list();
  }, [list, store]);
  const remove = async ({ id }: ProjectEntry): Promise<void> => {
    await store.attempt(async () => {
      if (store.project.value?.id === id) await store.close();
      await store.storage.remove(id);
    });
    await list();
  };
  if (entries.length === 0) return null;
  return (
    <section aria-label={start.yours}>
      <h2>{start.yours}</h2>
      <ul class="plain projects">
        {entries.map((entry) => (
          <ProjectRow key={entry.id} entry={entry} onRenamed={list} onDelete={() => remove(entry)} />
        ))}
      </ul>
    </section>
  );
}

interface ProjectRowProps {
  readonly entry: ProjectEntry;
  readonly onRenamed: () => void;
  readonly onDelete: () => void;
}

function ProjectRow({ entry, onRenamed, onDelete }: ProjectRowProps) {
  const { start, app } = currentWords();
  const { store } = useStudio();
  const [isRenamed, setRenamed] = useState(false);
  const { id, name, kind, samples, changed } = entry;
  const rename = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const chosen = String(new FormData(event.currentTarget as HTMLFormElement).get("name")).trim();
    setRenamed(false);
    if (chosen === "" || chosen === name) return;
    await store.attempt(() => renameProject(chosen));
    onRenamed();
  };
  const renameProject = async (chosen: string): Promise<void> => {
    const action = { do: "rename-project", name: chosen } as const;
    if (store.project.value?.id === id) {
      store.dispatch(action);
      return await store.stored();
    }
    const { readOnly } = await store.storage.open(id);
    try {
      if (readOnly) store.notify({ kind: "error", text: app.readOnly });
      else await store.storage.append(id, [action]);
    } finally {
      await store.storage.close(id);
    }
  };
  if (isRenamed)
    return (
      <li class="card">
        <form class="row" onSubmit={rename}>
          <input
            name="name"
            ref={focused}
            aria-label={start.newName}
            defaultValue={name}
            maxLength={longestName}
            required
          />
          <button type="submit" class="main">
            {start.save}
          </button>
          <button type="button" onClick={() => setRenamed(false)}>
            {app.cancel}
          </button>
        </form>
      </li>
    );
  return (
    <li class="card">
      <a href={hrefOf({ page: "samples", project: id })}>
        <strong>{name}</strong>
        <small>
          {[kind !== "" && start.kinds[knownKind(kind)].name, start.samples(samples), writtenTime(changed)]
            .filter(Boolean)
            .join(" · ")}
        </small>
      </a>
      <span class="row">
        <button
          type="button"
          class="quiet"
          aria-label={start.renameOf(name)}
          onClick={() => setRenamed(true)}
        >
          {start.rename}
        </button>
        <DeleteButton name={name} text={start.deleteText} onDelete={onDelete} />
      </span>
    </li>
  );
}

const focused = (input: HTMLInputElement | null): void => input?.select();
