import { useMemo } from "preact/hooks";
import { useStudio } from "../../engine/studio.js";
import { currentWords } from "../../words/current-words.js";
import { addFiles, DropArea } from "../add-files.js";
import { Select, TableHead } from "../controls.js";
import { type Inspected, Inspection, useInspection } from "../inspection.js";
import { OptionChoice } from "../option-choice.js";
import { Recorded } from "../recorded.js";
import { rangeOf, tableTypes, useRows } from "./rows.js";

/** Page of samples of a table: the file, what is predicted, and its columns. */
export function TablePage() {
  const { table: words } = currentWords().tasks;
  const { store } = useStudio();
  const { files } = store.project.value!;
  const inspected = useInspection();
  return (
    <section class="card table-page" aria-label={words.title}>
      <h2>{files.length === 0 ? words.title : files.map(({ path }) => path).join(", ")}</h2>
      <DropArea
        accept={tableTypes}
        onFiles={(chosen, onDone) => addFiles(store, chosen.slice(0, 1), onDone, "replace")}
      >
        <PasteBox />
      </DropArea>
      {files.length > 0 && (
        <>
          <TargetChoice inspected={inspected} />
          <Inspection inspected={inspected} />
          <Columns inspected={inspected} />
        </>
      )}
    </section>
  );
}

/** Box for rows of a spreadsheet, which copies them with tabs between the values. */
function PasteBox() {
  const { table: words } = currentWords().tasks;
  const { store } = useStudio();
  return (
    <textarea
      class="paste"
      rows={1}
      value=""
      aria-label={words.paste}
      placeholder={words.paste}
      disabled={store.readOnly.value}
      onPaste={(event) => {
        event.preventDefault();
        const text = event.clipboardData?.getData("text/plain") ?? "";
        if (text.trim() === "") return;
        const file = new File([text], text.includes("\t") ? "pasted.tsv" : "pasted.csv");
        addFiles(store, [{ path: file.name, file }], undefined, "replace").catch((error) =>
          store.fail(error),
        );
      }}
    />
  );
}

/** Choice of the column that is predicted. If the library refuses the file, its own columns are offered. */
function TargetChoice({ inspected }: { readonly inspected: Inspected | undefined }) {
  const { table: words } = currentWords().tasks;
  const { store } = useStudio();
  const rows = useRows();
  const columns = inspected?.found?.columns;
  const isChosen = "target" in store.project.value!.options;
  const found = isChosen ? [] : columns?.filter(({ use }) => use === "target").map(({ name }) => name);
  const names = columns?.map(({ name }) => name) ?? rows?.columns ?? [];
  return (
    <OptionChoice
      name="target"
      label={words.target}
      otherwise={words.automatic(found?.join(", ") ?? "")}
      choices={names.map((name) => [name, name])}
    />
  );
}

const namesIn = (value: unknown): string[] =>
  typeof value === "string" && value !== "" ? value.split(",").map((name) => name.trim()) : [];

/** Columns with their use, which the user may change. */
function Columns({ inspected }: { readonly inspected: Inspected | undefined }) {
  const { table: words } = currentWords().tasks;
  const rows = useRows();
  const columns = inspected?.found?.columns;
  const missing = useMemo(
    () => new Map(rows?.columns.map((name) => [name, rangeOf(rows, name).missing])),
    [rows],
  );
  if (!columns) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
    <section class="table-scroll" tabIndex={0} aria-label={words.columns}>
      <table>
        <TableHead names={[words.column, words.use, words.missing, words.values]} />
        <tbody>
          {columns.map(({ name, use, why, message, values }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <UseChoice name={name} use={use} />
                {why !== undefined && (
                  <small class="soft why">
                    <Recorded text={{ message: why, sentence: message }} />
                  </small>
                )}
              </td>
              <td>{missing.get(name) ?? ""}</td>
              <td class="soft">{values.map((value) => value.slice(0, 40)).join(" · ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Options that change the use of columns, with that use. */
const changes = [
  ["categories", "category"],
  ["ignore", "left out"],
] as const;

/** Use of a column: as found, as a category, or left out. */
function UseChoice({ name, use }: { readonly name: string; readonly use: string }) {
  const { table: words } = currentWords().tasks;
  const { store } = useStudio();
  const { options } = store.project.value!;
  const [ignored, categories] = [namesIn(options.ignore), namesIn(options.categories)];
  const found = words.uses[use as keyof typeof words.uses] ?? use;
  // The options separate names by commas.
  if (use === "target" || use === "split" || name.includes(",")) return <>{found}</>;
  const chosen = ignored.includes(name) ? "ignore" : categories.includes(name) ? "categories" : "";
  const others = changes
    .filter(([option, other]) => use !== other || chosen === option)
    .map(([option, other]) => [option, words.uses[other]] as const);
  const choose = (value: string): void =>
    store.dispatchTogether(
      [["ignore", ignored] as const, ["categories", categories] as const].map(([option, names]) => {
        const others = names.filter((one) => one !== name);
        const all = value === option ? [...others, name] : others;
        return { do: "set-option", name: option, ...(all.length > 0 && { value: all.join(",") }) };
      }),
    );
  return (
    <Select
      aria-label={words.useOf(name)}
      value={chosen}
      disabled={store.readOnly.value}
      options={[["", chosen === "" ? found : words.asFound], ...others]}
      onValue={choose}
    />
  );
}
