import { useEffect, useRef, useState } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import type { Suspect } from "../engine/suspects.js";
import type { SamplesRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";

interface SuspectsProps {
  /** The most confident prediction first. */
  readonly suspects: readonly Suspect[];
  readonly row: SamplesRow;
  readonly onKeep: (suspect: Suspect) => void;
  readonly onClose: () => void;
}

/** Shows suspects one after the other. A click or a key gives the predicted class, another class, or keeps the class. */
export function SuspectsDialog({ suspects, row: { Tile }, onKeep, onClose }: SuspectsProps) {
  const { try: words, app } = currentWords();
  const { store } = useStudio();
  const dialog = useRef<HTMLDialogElement>(null);
  // The list stays: a fit after each decision would change its order.
  const [list] = useState(suspects);
  const [at, setAt] = useState(0);
  useEffect(() => dialog.current!.showModal(), []);
  const { samples, classes } = store.project.value!;
  const suspect = list[at];
  const sample = samples.find(({ id }) => id === suspect?.id);
  useEffect(() => {
    if (!suspect) dialog.current!.close();
    else if (!sample) setAt(at + 1);
    else dialog.current!.querySelector<HTMLElement>("button.main")!.focus();
  }, [at, sample === undefined]);
  const move = (id: string | undefined): void => {
    if (!suspect || id === undefined) return;
    if (id === sample?.class) keep();
    else {
      store.relabel(suspect.id, id, suspect.others);
      setAt(at + 1);
    }
  };
  const keep = (): void => {
    if (!suspect) return;
    // Another sample of the recording may be the surest one after the next fit.
    for (const one of [suspect.id, ...suspect.others]) onKeep({ ...suspect, id: one });
    setAt(at + 1);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "k" || event.key === "K") keep();
    else if (/^[1-9]$/.test(event.key)) move(classes[Number(event.key) - 1]?.id);
  };
  return (
    <dialog
      ref={dialog}
      class="suspects"
      aria-label={words.suspectsTitle}
      onClose={onClose}
      onKeyDown={onKeyDown}
    >
      {suspect && sample && (
        <>
          <h2>{words.suspectsTitle}</h2>
          <p class="soft">{words.place(at + 1, list.length)}</p>
          <div class="suspect-tile">
            <Tile sample={sample} />
          </div>
          <p>
            {words.given(suspect.label)}
            {app.gap}
            {words.predicted(suspect.predicted, app.percent(suspect.score))}
            {suspect.others.length > 0 && app.gap + words.othersOfRecording(suspect.others.length)}
          </p>
          <div class="row">
            <button
              type="button"
              class="main"
              onClick={() => move(classes.find(({ name }) => name === suspect.predicted)?.id)}
            >
              {words.itIs(suspect.predicted)}
            </button>
            <button type="button" onClick={keep}>
              {words.keep(suspect.label)}
            </button>
            <button type="button" class="quiet" onClick={() => dialog.current!.close()}>
              {app.close}
            </button>
          </div>
          <p class="soft">{words.suspectKeys}</p>
        </>
      )}
    </dialog>
  );
}
