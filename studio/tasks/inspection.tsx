// What a training would learn from the files of a project, as the library's `inspectData` says it.
import type { WarningText } from "../../src/core/messages/message.js";
import type { Project } from "../../src/studio/project.js";
import type { DataInspection } from "../../src/web/index.js";
import { useLoaded } from "../app/controls.js";
import { ErrorNotice } from "../app/error-notice.js";
import { Recorded } from "../app/recorded.js";
import { currentWords, useStudio } from "../app/studio.js";
import { loadWeb } from "../engine/web.js";
import type { Store } from "../store/store.js";

/** Options of `train` that say what is learnt. */
const dataOptions = "task target labels text groupFrom quotes classNames ignore categories inputs".split(" ");
/** Reasons and warnings that are shown at first. */
const shown = 20;

/** The last inspection: both pages beside each other share it. */
let last: { readonly key: string; readonly found: Promise<DataInspection> } | undefined;

/** Returns what a training would learn from the files of a project with its options. @throws DataError for files that cannot be used */
export function inspect(store: Store, { id, files, options }: Project): Promise<DataInspection> {
  const chosen = Object.fromEntries(Object.entries(options).filter(([name]) => dataOptions.includes(name)));
  const key = JSON.stringify([id, files, chosen]);
  if (last?.key === key) return last.found;
  const read = files.map(async ({ path, hash }) => ({ path, content: await store.content(hash) }));
  const found = Promise.all(read).then(async (data) => (await loadWeb()).inspectData(data, chosen));
  last = { key, found };
  return found;
}

/** State of {@link useInspection}. */
export interface Inspected {
  readonly found?: DataInspection;
  readonly error?: { readonly message: string; readonly help?: string };
}

/** Returns what a training would learn from the files of the project; undefined while the library looks. */
export function useInspection(): Inspected | undefined {
  const { store } = useStudio();
  const { files, options } = store.project.value!;
  const look = (): Promise<Inspected> =>
    inspect(store, store.project.peek()!).then(
      (found) => ({ found }),
      (error) => ({ error }),
    );
  return useLoaded(() => (files.length === 0 ? undefined : look()), [files, options]) ?? undefined;
}

/** Task, counts, and what is left out, with the reasons. */
export function Inspection({ inspected }: { readonly inspected: Inspected | undefined }) {
  const { files: words } = currentWords().tasks;
  if (!inspected) return <p class="soft">{words.looking}</p>;
  const { found, error } = inspected;
  if (error) return <ErrorNotice error={error} />;
  const { task, splits, classes, numbers, skipped, warnings } = found!;
  const { train, validation, test } = splits;
  // A made-up task has its own name only.
  const title = words.tasks.find(([name]) => name === task)?.[1] ?? task;
  return (
    <div class="inspection">
      <p>
        <strong>{title}</strong> · {words.counts(train + validation + test, train, validation, test)}
      </p>
      {classes && (
        <ul class="plain chips" aria-label={words.classes}>
          {classes.slice(0, shown).map(({ name, train, validation, test }) => (
            <li key={name}>
              {name} <span class="soft">{train + validation + test}</span>
            </li>
          ))}
          {classes.length > shown && <li class="soft">{words.more(classes.length - shown)}</li>}
        </ul>
      )}
      {numbers?.map(({ name, least, mean, most }) => (
        <p key={name}>
          {words.range(name, ...([least, mean, most].map(shortNumber) as [string, string, string]))}
        </p>
      ))}
      {skipped.length > 0 && (
        <Reasons
          title={words.skipped(skipped.length)}
          lines={skipped.map(({ item, reason }) => ({ item, message: reason }))}
        />
      )}
      {warnings.length > 0 && <Reasons title={words.warnings(warnings.length)} lines={warnings} isOpen />}
    </div>
  );
}

export const shortNumber = (value: number): string => String(Number(value.toPrecision(4)));

function Reasons({
  title,
  lines,
  isOpen = false,
}: {
  readonly title: string;
  readonly lines: readonly (Pick<WarningText, "message" | "sentence"> & { readonly item?: string })[];
  readonly isOpen?: boolean;
}) {
  const { app, tasks } = currentWords();
  const { files: words } = tasks;
  return (
    <details open={isOpen}>
      <summary>{title}</summary>
      <ul>
        {lines.slice(0, shown).map((line) => (
          <li key={`${line.item} ${line.message}`}>
            {line.item !== undefined && app.item(line.item) + app.colon}
            <Recorded text={line} />
          </li>
        ))}
        {lines.length > shown && <li class="soft">{words.more(lines.length - shown)}</li>}
      </ul>
    </details>
  );
}
