import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { columnOf } from "../../../src/data/lists/columns.js";
import type { Table } from "../../../src/data/lists/csv.js";
import { longestName } from "../../../src/studio/project.js";
import { useStudio } from "../../engine/studio.js";
import type { Draft } from "../../store/store.js";
import { currentWords } from "../../words/current-words.js";
import { FileButton, Select } from "../controls.js";
import { cellText, listTypes, readListFile } from "../read-list.js";
import { RowTable } from "../row-table.js";
import { longestText } from "./text-box.js";

/** Rows of the preview. */
const shownRows = 20;

/** Columns of a list by their use; "" for none. */
interface Uses {
  readonly text: string;
  readonly label: string;
  readonly group: string;
}

/** Guesses the columns of texts, classes and groups: by their names, else the longest texts and the fewest values. */
function guessUses({ columns, rows }: Table): Uses {
  const head = rows.slice(0, 100);
  const cells = (column: string): string[] => head.map(({ values }) => cellText(values[column]));
  const most = (names: readonly string[], score: (cells: readonly string[]) => number): string =>
    names.reduce((a, b) => (score(cells(b)) > score(cells(a)) ? b : a));
  const named = columnOf("label", columns);
  const text = columnOf("text", columns) ?? most(without(columns, named), (all) => all.join("").length);
  const label = named ?? most(without(columns, text), (all) => -new Set(all).size);
  const group = columnOf("group", without(without(columns, text), label)) ?? "";
  return { text, label, group };
}

const without = (columns: readonly string[], name: string | undefined): readonly string[] =>
  columns.filter((column) => column !== name);

/** Returns the texts of each class, and the number of rows without a text or a class. */
function textsOf({ rows }: Table, { text, label, group }: Uses) {
  const classes = new Map<string, Draft[]>();
  let skipped = 0;
  for (const { values } of rows) {
    const [content, name, of] = [text, label, group].map((column) => cellText(values[column])) as [
      string,
      string,
      string,
    ];
    if (content === "" || content.length > longestText || name === "") {
      skipped++;
      continue;
    }
    const own = classes.get(name.slice(0, longestName)) ?? [];
    classes.set(name.slice(0, longestName), own);
    own.push({ content, ...(of !== "" && { group: of.slice(0, longestName) }) });
  }
  return { classes, skipped };
}

/** Opens a list of texts with classes, above the class cards. */
export function OpenList() {
  const { texts: words } = currentWords().tasks;
  const { store } = useStudio();
  const [list, setList] = useState<Table & { readonly name: string }>();
  const open = ([file]: readonly File[]): Promise<void> =>
    store.attempt(async () => setList({ ...(await readListFile(file!, file!.name)), name: file!.name }));
  return (
    <div class="row">
      <FileButton
        text={words.open}
        accept={listTypes}
        disabled={store.readOnly.value}
        onFiles={(files) => void open(files)}
      />
      <span class="soft">{words.openHelp}</span>
      {list && <ListDialog key={list.name} list={list} onClose={() => setList(undefined)} />}
    </div>
  );
}

/** Preview of a list: the user chooses its columns. */
function ListDialog({
  list,
  onClose,
}: {
  readonly list: Table & { readonly name: string };
  readonly onClose: () => void;
}) {
  const { app, samples, tasks } = currentWords();
  const words = tasks.texts;
  const { store } = useStudio();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [uses, setUses] = useState(() => guessUses(list));
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  const { classes, skipped } = useMemo(() => textsOf(list, uses), [list, uses]);
  const count = list.rows.length - skipped;
  const none = [["", words.noGroup]] as const;
  const isUsable = uses.text !== uses.label && count > 0;
  const add = async (): Promise<void> => {
    setBusy(true);
    const names = store.project.value!.classes.map((_, i) => samples.newClass(i + 1));
    await store.attempt(() => store.addLabelled(classes, (name) => names.includes(name)));
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} class="wide" aria-label={list.name} onClose={onClose}>
      <h2>{list.name}</h2>
      <div class="row">
        {(["text", "label", "group"] as const).map((use) => (
          <span key={use} class="choice">
            <label for={`${id}-${use}`}>{words.uses[use]}</label>
            <Select
              id={`${id}-${use}`}
              value={uses[use]}
              options={[...(use === "group" ? none : []), ...list.columns.map((one) => [one, one] as const)]}
              onValue={(value) => setUses({ ...uses, [use]: value })}
            />
          </span>
        ))}
      </div>
      <RowTable list={list} count={shownRows} used={Object.values(uses)} label={words.preview(shownRows)} />
      <p aria-live="polite">
        {isUsable ? words.found(count, classes.size) : words.sameColumn}
        {isUsable && skipped > 0 && ` ${words.skipped(skipped)}`}
        {isUsable && count < 2 * classes.size && ` ${words.manyClasses}`}
      </p>
      <div class="row">
        <button type="button" class="main" disabled={!isUsable || busy} onClick={() => void add()}>
          {words.add(count)}
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          {app.cancel}
        </button>
      </div>
    </dialog>
  );
}
