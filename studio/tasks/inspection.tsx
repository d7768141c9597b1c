// What a training would learn from the files of a project.
import type { WarningText } from "../../src/core/messages/message.js";
import { factsOf, isCustomTask } from "../../src/core/results/task.js";
import type { DataInspection } from "../../src/web/index.js";
import { inspect } from "../engine/inspect.js";
import { useStudio } from "../engine/studio.js";
import { currentWords } from "../words/current-words.js";
import { useLoaded } from "./controls.js";
import { ErrorNotice } from "./error-notice.js";
import { Recorded } from "./recorded.js";

/** Reasons and warnings that are shown at first. */
const shown = 20;

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
  const isCustom = isCustomTask(task);
  const title = isCustom ? task : words.tasks[task][0];
  return (
    <div class="inspection">
      <p>
        <strong>{title}</strong> · {words.counts(train + validation + test, train, validation, test)}
      </p>
      {classes && (
        <ul class="plain chips" aria-label={isCustom ? title : words.targets[factsOf(task).head]}>
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
