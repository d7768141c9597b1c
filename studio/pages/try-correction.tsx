import { useEffect, useId, useState } from "preact/hooks";
import { hashOf } from "../../src/studio/content-hash.js";
import type { Sample } from "../../src/studio/project.js";
import { useStudio, useWords } from "../app/studio.js";
import type { TryQueue } from "../engine/try-queue.js";

/** Up to this number, each class has a button; a list shows more of them. */
const mostButtons = 6;

/** "Wrong? It is …": adds the input to the right class. A sample of the project moves there. */
export function Correction({ queue, kind }: { readonly queue: TryQueue; readonly kind: string }) {
  const { try: words } = useWords();
  const { store } = useStudio();
  const id = useId();
  const [added, setAdded] = useState("");
  const known = useSampleOf(queue.shown.value?.input.input);
  const { classes } = store.project.value!;
  const correct = async (to: string): Promise<void> => {
    const input = queue.shown.peek()?.input;
    if (!input) return;
    try {
      if (known) store.relabel(known.id, to);
      else {
        const draft = await input.keep();
        await store.addDrafts(to, [draft], draft.group);
      }
      setAdded(words.added(classes.find((one) => one.id === to)!.name));
    } catch (error) {
      store.fail(error);
    }
  };
  return (
    <div class="try-correction">
      {known && <p class="soft">{words.usedForTraining(kind)}</p>}
      <fieldset class="row" aria-labelledby={id} disabled={store.readOnly.value}>
        <span id={id}>{words.wrong}</span>
        {classes.length <= mostButtons ? (
          classes.map(({ id: to, name }) => (
            <button key={to} type="button" onClick={() => void correct(to)}>
              {name}
            </button>
          ))
        ) : (
          <select
            aria-labelledby={id}
            value=""
            onChange={({ currentTarget }) => {
              void correct(currentTarget.value);
              currentTarget.value = "";
            }}
          >
            <option value="">…</option>
            {classes.map(({ id: to, name }) => (
              <option key={to} value={to}>
                {name}
              </option>
            ))}
          </select>
        )}
      </fieldset>
      <p class="soft" role="status">
        {added}
      </p>
    </div>
  );
}

/** Returns the sample of the project with the content of an input. Live inputs are no samples. */
function useSampleOf(input: unknown): Sample | undefined {
  const { store } = useStudio();
  const [hash, setHash] = useState<string>();
  useEffect(() => {
    let isOver = false;
    setHash(undefined);
    if (input instanceof Blob) void hashOf(input).then((found) => isOver || setHash(found));
    return () => {
      isOver = true;
    };
  }, [input]);
  return store.project.value?.samples.find((sample) =>
    typeof input === "string" ? sample.text === input : hash !== undefined && sample.hash === hash,
  );
}
