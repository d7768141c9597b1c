import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { longestName } from "../../src/studio/project.js";
import { hrefOf } from "../app/route.js";
import { useStudio, useWords, writtenTime } from "../app/studio.js";
import type { ProjectEntry } from "../store/storage.js";

/** Stored projects, the newest first. */
export function StoredProjects() {
  const { start } = useWords();
  const { store } = useStudio();
  const [entries, setEntries] = useState<readonly ProjectEntry[]>([]);
  const [removed, setRemoved] = useState<ProjectEntry>();
  const list = useCallback(
    () =>
      store.attempt(async () => {
        await store.stored();
        setEntries(await store.storage.list());
      }),
    [store],
  );
  useEffect(() => {
    // Another tab has it: here nothing needs it any more.
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
          <ProjectRow key={entry.id} entry={entry} onRenamed={list} onRemove={() => setRemoved(entry)} />
        ))}
      </ul>
      {removed && (
        <RemoveDialog
          name={removed.name}
          onClose={(isSure) => {
            setRemoved(undefined);
            if (isSure) void remove(removed);
          }}
        />
      )}
    </section>
  );
}

interface ProjectRowProps {
  readonly entry: ProjectEntry;
  readonly onRenamed: () => void;
  readonly onRemove: () => void;
}

function ProjectRow({ entry, onRenamed, onRemove }: ProjectRowProps) {
  const { start, app } = useWords();
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
          {[start.kinds[kind]?.name, start.samples(samples), writtenTime(changed)]
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
        <button type="button" class="quiet danger" aria-label={start.removeOf(name)} onClick={onRemove}>
          {start.remove}
        </button>
      </span>
    </li>
  );
}

const focused = (input: HTMLInputElement | null): void => input?.select();

interface RemoveDialogProps {
  readonly name: string;
  readonly onClose: (isSure: boolean) => void;
}

function RemoveDialog({ name, onClose }: RemoveDialogProps) {
  const { start, app } = useWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={start.removeTitle(name)}
      onClose={() => onClose(dialog.current?.returnValue === "remove")}
    >
      <h2>{start.removeTitle(name)}</h2>
      <p>{start.removeText}</p>
      <form method="dialog" class="row">
        <button type="submit">{app.cancel}</button>
        <button type="submit" value="remove" class="danger">
          {start.removeNow}
        </button>
      </form>
    </dialog>
  );
}
