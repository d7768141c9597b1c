import { useEffect, useId, useMemo, useState } from "preact/hooks";
import type { DataInspection } from "../../../src/web/index.js";
import { currentWords } from "../../words/current-words.js";
import { Select } from "../controls.js";
import { shortNumber, useInspection } from "../inspection.js";
import { cellText } from "../read-list.js";
import type { SourceProps } from "../task-row.js";
import { TextSource } from "../texts/source.js";
import { type ColumnRange, rangeOf, useRows } from "./rows.js";

/** Pause after the last change before a prediction, in milliseconds. */
const pause = 150;
/** Longest text for which one line is enough. */
const oneLine = 60;

type Row = Readonly<Record<string, string>>;

/** What the page Try shows for a table: a control for each column; for a list of texts, a box. */
export function TableSource(props: SourceProps) {
  const { table: words } = currentWords().tasks;
  const found = useInspection()?.found;
  if (!found) return <p class="soft">{words.noColumns}</p>;
  return found.task.startsWith("text-") ? <TextSource {...props} /> : <RowSource {...props} found={found} />;
}

/** One control for each input column, filled from a row of the table. */
function RowSource({ onInput, paused, found }: SourceProps & { readonly found: DataInspection }) {
  const { app, tasks } = currentWords();
  const words = tasks.table;
  const rows = useRows();
  const [row, setRow] = useState<Row>({});
  const [from, setFrom] = useState(0);
  const columns = found.columns ?? [];
  const inputs = columns.filter(({ use }) => !["target", "split", "left out"].includes(use));
  const targets = columns.filter(({ use }) => use === "target");
  const count = rows?.rows.length ?? columns[0]?.values.length ?? 0;
  /** Cell of the shown row. A table in another form than text gives its first rows only. */
  const cell = ({ name, values }: (typeof columns)[number]): string =>
    rows ? cellText(rows.rows[from]?.values[name]) : (values[from] ?? "");
  useEffect(
    () => setRow(Object.fromEntries(inputs.map((one) => [one.name, cell(one)]))),
    [found, rows, from],
  );
  useEffect(() => {
    if (paused || Object.keys(row).length === 0) return;
    const keep = async () => ({ content: JSON.stringify(row) });
    const timer = setTimeout(() => onInput({ input: row, keep }), pause);
    return () => clearTimeout(timer);
  }, [row, paused]);
  const ranges = useMemo(() => new Map(rows?.columns.map((name) => [name, rangeOf(rows, name)])), [rows]);
  return (
    <div class="row-source">
      <div class="row">
        <button type="button" disabled={count < 2} onClick={() => setFrom((from + 1) % count)}>
          {words.nextRow}
        </button>
        <span class="soft">
          {words.rowNumber(from + 1)}
          {targets.map((one) => one.name + app.colon + cell(one)).join(" · ")}
        </span>
      </div>
      {inputs.map(({ name }) => (
        <Field
          key={name}
          name={name}
          value={row[name] ?? ""}
          range={ranges.get(name) ?? { missing: 0 }}
          onValue={(value) => setRow((before) => ({ ...before, [name]: value }))}
        />
      ))}
    </div>
  );
}

/** Control of a column: a slider with its number, a choice, or a text. */
function Field({
  name,
  value,
  range: { numbers, choices },
  onValue,
}: {
  readonly name: string;
  readonly value: string;
  readonly range: ColumnRange;
  readonly onValue: (value: string) => void;
}) {
  const { table: words } = currentWords().tasks;
  const id = useId();
  const set = ({ currentTarget }: { readonly currentTarget: { readonly value: string } }): void =>
    onValue(currentTarget.value);
  if (numbers) {
    const { least, most, whole } = numbers;
    return (
      <div class="field">
        <span id={id}>{name}</span>
        <input
          type="range"
          aria-labelledby={id}
          min={least}
          max={most}
          step={whole ? 1 : "any"}
          value={value === "" ? least : value}
          onInput={({ currentTarget }) => onValue(shortNumber(currentTarget.valueAsNumber))}
        />
        <input type="number" aria-label={words.numberOf(name)} step="any" value={value} onInput={set} />
      </div>
    );
  }
  return (
    <div class="field">
      <span id={id}>{name}</span>
      {choices ? (
        <Select
          aria-labelledby={id}
          value={value}
          options={[...new Set([value, ...choices])].map((choice) => [choice, choice])}
          onValue={onValue}
        />
      ) : value.length > oneLine ? (
        <textarea aria-labelledby={id} rows={3} value={value} onInput={set} />
      ) : (
        <input type="text" aria-labelledby={id} value={value} onInput={set} />
      )}
    </div>
  );
}
