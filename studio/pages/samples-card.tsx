import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { longestName } from "../../src/studio/project.js";
import { useStudio } from "../engine/studio.js";
import { classNameOf, isSameClass, requireClassName } from "../store/class-name.js";
import { FileButton, Select } from "../tasks/controls.js";
import type { SamplesRow } from "../tasks/task-row.js";
import { currentWords } from "../words/current-words.js";
import { addFiles } from "./samples-files.js";
import { SampleGrid } from "./samples-grid.js";
import { selectedCard } from "./samples-selection.js";
import { areByTime, type ClassView, countRecordings } from "./samples-view.js";

interface CardProps {
  readonly view: ClassView;
  readonly row: SamplesRow;
}

/** Card of a class. It is rendered again only if its class changes. */
export const ClassCard = ({ view, row }: CardProps) =>
  useMemo(() => <Card view={view} row={row} />, [view, row]);

function Card({ view, row }: CardProps) {
  const { store } = useStudio();
  const { samples: words } = currentWords();
  const card = useRef<HTMLFieldSetElement>(null);
  const isNear = useNear(card);
  const isSelected = selectedCard.value === view.id;
  const select = (): void => {
    selectedCard.value = view.id;
  };
  const { id, name, number, samples } = view;
  return (
    <fieldset
      ref={card}
      class={isSelected ? "card class selected" : "card class"}
      data-class={id}
      aria-label={name}
      disabled={store.readOnly.value}
      onPointerDown={select}
      onFocusIn={select}
    >
      <div class="class-head">
        <span class="class-number" style={{ "--number": number }}>
          {number}
        </span>
        <NameField view={view} />
        <ClassMenu view={view} />
        <p class="class-count soft">
          {words.count(row.kind, samples.length)}
          <Recordings samples={samples} />
        </p>
      </div>
      {(isNear || isSelected) && <CardBody view={view} row={row} isSelected={isSelected} />}
    </fieldset>
  );
}

/** Number of recordings. New findings render only this again, not the card. */
function Recordings({ samples }: Pick<ClassView, "samples">) {
  const { live } = useStudio();
  const { samples: words } = currentWords();
  const count = countRecordings(samples, live.findings.value.copies);
  return count > 0 ? <> · {words.recordings(count, areByTime(samples))}</> : null;
}

function CardBody({ view, row, isSelected }: CardProps & { readonly isSelected: boolean }) {
  const { store } = useStudio();
  const { samples: words } = currentWords();
  const [all, setAll] = useState(false);
  const { id, samples } = view;
  return (
    <div class={all ? "class-body all" : "class-body"}>
      <div class="gather">
        <row.Gather
          class={id}
          selected={isSelected}
          onDrafts={(drafts, group) => store.addDrafts(id, drafts, group, group)}
        />
        <FileButton
          text={words.addFiles}
          multiple
          accept={row.accept}
          onFiles={(files) => void addFiles(store, row, id, files)}
        />
      </div>
      {samples.length === 0 ? (
        <p class="class-empty soft">{words.empty}</p>
      ) : (
        <SampleGrid view={view} row={row} all={all} onAll={setAll} />
      )}
    </div>
  );
}

/** Name of a class, edited in place. */
function NameField({ view: { id, name, number } }: { readonly view: ClassView }) {
  const { store } = useStudio();
  const { samples: words } = currentWords();
  return (
    <input
      class="class-name"
      value={name}
      maxLength={longestName}
      aria-label={words.className(number)}
      onKeyDown={({ key, currentTarget }) => {
        if (key === "Escape") currentTarget.value = name;
        if (key === "Enter" || key === "Escape") currentTarget.blur();
      }}
      onChange={({ currentTarget }) => {
        const wanted = classNameOf(currentTarget.value);
        const same = store.project.value!.classes.find(
          (one) => one.id !== id && isSameClass(one.name, wanted),
        );
        currentTarget.value = name;
        if (same) store.notify({ kind: "info", text: words.sameName(same.name) });
        else if (wanted !== "" && wanted !== name)
          void store.attempt(async () => {
            requireClassName(wanted);
            currentTarget.value = wanted;
            store.dispatch({ do: "rename-class", id, name: wanted });
          });
      }}
    />
  );
}

/** Merges or removes a class. */
function ClassMenu({ view: { id, name, samples } }: { readonly view: ClassView }) {
  const { store } = useStudio();
  const { samples: words } = currentWords();
  const [isOpen, setOpen] = useState(false);
  const say = (text: string): void => {
    if (samples.length > 0) store.notify({ kind: "info", text });
  };
  return (
    <details
      class="class-menu"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      onKeyDown={({ key, currentTarget }) => {
        if (key !== "Escape") return;
        setOpen(false);
        currentTarget.querySelector("summary")!.focus();
      }}
      onFocusOut={({ currentTarget, relatedTarget: next }) => {
        if (next && !currentTarget.contains(next as Node)) setOpen(false);
      }}
    >
      <summary aria-label={words.moreOf(name)}>⋯</summary>
      {isOpen && (
        <div class="card">
          <ClassSelect
            label={words.mergeInto}
            but={id}
            onClass={(into) => {
              store.dispatch({ do: "merge-class", id, into });
              say(words.merged(name));
            }}
          />
          {areByTime(samples) && (
            <button
              type="button"
              onClick={() => {
                store.dispatch({ do: "group-samples", ids: samples.map((sample) => sample.id) });
                setOpen(false);
              }}
            >
              {words.allApart}
            </button>
          )}
          <button
            type="button"
            class="danger"
            onClick={() => {
              store.dispatch({ do: "remove-class", id });
              say(words.removed(name));
            }}
          >
            {words.removeClass}
          </button>
        </div>
      )}
    </details>
  );
}

interface ClassSelectProps {
  readonly label: string;
  /** Id of a class that is not offered. */
  readonly but?: string;
  readonly onClass: (id: string) => void;
}

/** Asks for a class. */
export function ClassSelect({ label, but, onClass }: ClassSelectProps) {
  const { store } = useStudio();
  const classes = store.project.value!.classes.filter(({ id }) => id !== but);
  return (
    <Select
      aria-label={label}
      value=""
      disabled={classes.length === 0}
      options={[["", label], ...classes.map(({ id, name }) => [id, name] as const)]}
      onValue={(id) => id !== "" && onClass(id)}
    />
  );
}

/** True once an element has been near the window. The body of a card is rendered then. */
function useNear(element: { readonly current: Element | null }): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        setNear(true);
        observer.disconnect();
      },
      { rootMargin: "600px" },
    );
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return isNear;
}
