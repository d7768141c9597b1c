import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { type Contradiction, divideCopies } from "../engine/contradictions.js";
import { useStudio } from "../engine/studio.js";
import { suspectsOf } from "../engine/suspects.js";
import { useErrorWords } from "../tasks/error-notice.js";
import { useTaskRow } from "../tasks/index.js";
import { silentClips } from "../tasks/sounds/clip-tile.js";
import { currentWords } from "../words/current-words.js";
import { SuspectsDialog } from "./samples-suspects.js";

/** Samples whose label the user kept, with that label. The page does not ask for them again in this visit. */
const kept = signal<ReadonlySet<string>>(new Set());
const keyOf = ({ id, label }: { readonly id: string; readonly label: string }): string => `${id} ${label}`;

/** Bar above the class cards: findings about the samples, with what to do. Nothing if there are none. */
export function SamplesCheck() {
  const { try: words, app } = currentWords();
  const { store, live } = useStudio();
  const { kind, samples } = store.project.value!;
  const row = useTaskRow();
  const [isLooking, setLooking] = useState(false);
  const known = new Set(samples.map(({ id }) => id));
  const isKnown = ({ id }: { readonly id: string }): boolean => known.has(id);
  const { phase, done, total } = live.status.value;
  const { copies, contradictions } = divideCopies(live.findings.value.copies.filter(isKnown), samples);
  const unreadable = live.findings.value.unreadable.filter(isKnown);
  // The card of a recording shows it. A row here would move the card under the finger.
  const silent = samples.filter(({ hash = "", name }) => name !== undefined && silentClips.value.has(hash));
  const fit = live.fit.value;
  const suspects = fit ? suspectsOf(fit).filter((one) => isKnown(one) && !kept.value.has(keyOf(one))) : [];
  const found = [copies, contradictions, silent, unreadable, suspects];
  const single = fit?.classes.filter(({ groups, samples: n }) => groups < 2 && n > 1) ?? [];
  const isAll = single.length === fit?.classes.length;
  const remove = (ids: readonly { readonly id: string }[]): void =>
    store.dispatch({ do: "remove-samples", ids: ids.map(({ id }) => id) });
  // Not for single pictures of a recording: the cards would jump under the finger.
  const isBusy = phase === "features" && total - done > 20;
  if (!isBusy && [...found, single].every((one) => one.length === 0)) return null;
  return (
    <section class="check card" aria-label={words.check}>
      {isBusy && (
        <label class="row">
          {words.features(done, total)} <progress value={done} max={total} />
        </label>
      )}
      {copies.length > 0 && <Copies kind={kind} count={copies.length} onRemove={() => remove(copies)} />}
      {contradictions.map((one) => (
        <ContradictionRow key={one.classes.join()} contradiction={one} />
      ))}
      {silent.length > 0 && (
        <Finding text={words.silent(silent.length)} button={app.remove} onClick={() => remove(silent)} />
      )}
      {suspects.length > 0 && (
        <Finding
          text={words.suspects(suspects.length)}
          button={words.look}
          onClick={() => setLooking(true)}
        />
      )}
      {unreadable.length > 0 && (
        <Finding
          text={words.unreadable(kind, unreadable.length)}
          button={app.remove}
          onClick={() => remove(unreadable)}
        >
          <ul>
            {unreadable.map(({ id, error }) => (
              <li key={id}>
                {samples.find((sample) => sample.id === id)?.name} <Reason error={error} />
              </li>
            ))}
          </ul>
        </Finding>
      )}
      {isAll && single.length > 0 && <p>{words.oneRecording}</p>}
      {!isAll && single.map(({ name }) => <p key={name}>{words.oneRecordingOf(name)}</p>)}
      {isLooking && row?.data === "samples" && (
        <SuspectsDialog
          suspects={suspects}
          row={row}
          onKeep={(one) => {
            kept.value = new Set([...kept.value, keyOf(one)]);
          }}
          onClose={() => setLooking(false)}
        />
      )}
    </section>
  );
}

function Copies({ kind, count, onRemove }: { kind: string; count: number; onRemove: () => void }) {
  const { app, try: words } = currentWords();
  return <Finding text={words.copies(kind, count)} button={app.remove} onClick={onRemove} />;
}

/** Samples that are in two classes: the pressed class keeps them. */
function ContradictionRow({ contradiction }: { readonly contradiction: Contradiction }) {
  const { try: words } = currentWords();
  const { store } = useStudio();
  const { kind, classes: all } = store.project.value!;
  const { classes, samples } = contradiction;
  const [first, second] = classes.map((id) => all.find((one) => one.id === id)?.name ?? "");
  return (
    <div class="row">
      <span>{words.contradictions(kind, samples[0].length, first!, second!)}</span>
      {[first!, second!].map((name, i) => (
        <button
          key={classes[i]}
          type="button"
          disabled={store.readOnly.value}
          onClick={() => store.dispatch({ do: "remove-samples", ids: [...samples[1 - i]!] })}
        >
          {words.itIs(name)}
        </button>
      ))}
    </div>
  );
}

const Reason = ({ error }: { readonly error: unknown }) => <>{useErrorWords(error)?.text}</>;

interface FindingProps {
  readonly text: string;
  readonly button: string;
  readonly onClick: () => void;
  /** More about it, on demand. */
  readonly children?: preact.ComponentChildren;
}

function Finding({ text, button, onClick, children }: FindingProps) {
  const { app } = currentWords();
  const { store } = useStudio();
  return (
    <div class="row">
      {children ? (
        <details>
          <summary>{text}</summary>
          {children}
        </details>
      ) : (
        <span>{text}</span>
      )}
      <button type="button" onClick={onClick} disabled={store.readOnly.value}>
        {button}
        <span class="unseen">{app.colon + text}</span>
      </button>
    </div>
  );
}
