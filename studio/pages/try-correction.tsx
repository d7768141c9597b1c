import { useId, useState } from "preact/hooks";
import { hashOf } from "../../src/studio/content-hash.js";
import type { Sample } from "../../src/studio/project.js";
import { useLoaded } from "../app/controls.js";
import { currentWords, useStudio } from "../app/studio.js";
import type { TryQueue } from "../engine/try-queue.js";
import { ClassSelect } from "./samples-card.js";

/** Up to this number, each class has a button; a list shows more of them. */
const mostButtons = 6;

/** "Wrong? It is …": adds the input to the right class. A sample of the project moves there. */
export function Correction({ queue, kind }: { readonly queue: TryQueue; readonly kind: string }) {
  const { try: words } = currentWords();
  const { store } = useStudio();
  const id = useId();
  const [added, setAdded] = useState("");
  const known = useSampleOf(queue.shown.value?.input.input);
  const { classes } = store.project.value!;
  const correct = (to: string): Promise<void> =>
    store.attempt(async () => {
      if (known) store.relabel(known.id, to);
      else {
        const draft = await queue.shown.peek()!.input.keep();
        await store.addDrafts(to, [draft], draft.group);
      }
      setAdded(words.added(classes.find((one) => one.id === to)!.name));
    });
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
          <ClassSelect label={words.wrong} onClass={(to) => void correct(to)} />
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
  const hash = useLoaded(() => (input instanceof Blob ? hashOf(input) : undefined), [input]);
  return store.project.value?.samples.find((sample) =>
    typeof input === "string" ? sample.text === input : hash !== undefined && sample.hash === hash,
  );
}
