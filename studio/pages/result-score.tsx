import type { ScoreJson, SheetJson, TableJson } from "../../src/report/sheet/sheet-json.js";
import { TableHead } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";
import { withInterval } from "./run-sheet.js";

/** Below this number of test samples the quick model's cross-validation says more. */
export const fewTestSamples = 50;

/** The number a person came for, with its interval and what guessing would give; a sentence if there are too few samples. */
export function ScoreNumber({
  score: { name, value, interval, few, guessing },
  help,
}: {
  readonly score: ScoreJson;
  readonly help: string;
}) {
  const { result } = currentWords();
  return (
    <div class="score">
      {value === null ? (
        <p>{few}</p>
      ) : (
        <p>
          <span class="number">{value}</span> {name}
        </p>
      )}
      {interval !== undefined && <p>{result.interval(interval)}</p>}
      {guessing !== undefined && <p>{guessing}</p>}
      <p class="soft">{help}</p>
    </div>
  );
}

/** Further scores, facts and tables of a result. */
export function Scores({ sheet: { further, facts, tables } }: { readonly sheet: SheetJson }) {
  const { result } = currentWords();
  const lines = [
    ...further.map((one) => ({ label: one.name, value: withInterval(one.value ?? "–", one) })),
    ...facts,
  ];
  if (lines.length + tables.length === 0) return null;
  return (
    <details class="scores">
      <summary>{result.scores}</summary>
      <dl>
        {lines.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {tables.map((table) => (
        <ScoreTable key={table.title} table={table} />
      ))}
    </details>
  );
}

function ScoreTable({ table: { title, note, empty, columns, rows } }: { readonly table: TableJson }) {
  return (
    <>
      <h3>{title}</h3>
      {note !== undefined && <p class="soft">{note}</p>}
      {rows.length === 0 && empty !== undefined ? (
        <p>{empty}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
        <section class="table-scroll" tabIndex={0} aria-label={title}>
          <table>
            <TableHead names={columns.map(({ name }) => name)} />
            <tbody>
              {rows.map(([name, ...cells], i) => (
                <tr key={i}>
                  <th scope="row">{name}</th>
                  {cells.map((cell, k) => (
                    <td key={k}>{cell}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
