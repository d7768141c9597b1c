import { useId, useState } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import type { TryQueue } from "../engine/try-queue.js";
import { currentWords } from "../words/current-words.js";
import { ClassSelect } from "./samples-card.js";
import { useSampleOf } from "./try-known.js";

/** Up to this number, each class has a button; a list shows more of them. */
const mostButtons = 6;

/** "Wrong? It is …": adds the input to the right class. A sample of the project moves there. */
export function Correction({ queue }: { readonly queue: TryQueue }) {
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
