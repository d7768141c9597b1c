import { useState } from "preact/hooks";
import type { MatrixJson } from "../../src/report/sheet/sheet-json.js";
import { TableHead } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";
import { PredictionList, type ShownPrediction } from "./result-predictions.js";
import { useAnswers } from "./run-sheet.js";

interface Cell {
  readonly truth: string;
  readonly predicted: string;
  readonly count: number;
}

/** Confusion matrix. Its cells are buttons that list their samples. */
export function ConfusionMatrix({
  matrix: { title, axis, note, rows },
  predictions,
}: {
  readonly matrix: MatrixJson;
  readonly predictions: readonly ShownPrediction[];
}) {
  const { result } = currentWords();
  const [open, setOpen] = useState<Cell>();
  return (
    <section aria-labelledby="confusion">
      <h2 id="confusion">{title}</h2>
      <p class="soft">{result.cellHelp}</p>
      <div class="matrix">
        <table>
          <TableHead names={[axis, ...rows.map(({ name }) => name)]} />
          <tbody>
            {rows.map(({ name: truth, cells }, i) => (
              <tr key={truth}>
                <th scope="row">{truth}</th>
                {cells.map(({ count, text }, j) => (
                  <td key={rows[j]!.name} class={i === j ? "right" : "wrong"}>
                    <CellButton
                      cell={{ truth, predicted: rows[j]!.name, count }}
                      text={text}
                      open={setOpen}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {note !== undefined && <p class="soft">{note}</p>}
      {open && <OpenCell cell={open} predictions={predictions} close={() => setOpen(undefined)} />}
    </section>
  );
}

/** Samples of a cell. */
function OpenCell({
  cell: { truth, predicted, count },
  predictions,
  close,
}: {
  readonly cell: Cell;
  readonly predictions: readonly ShownPrediction[];
  readonly close: () => void;
}) {
  const { result } = currentWords();
  const list = useAnswers(predictions, truth, predicted);
  return (
    <section aria-live="polite">
      <h3>{result.cell(count, truth, predicted)}</h3>
      {list?.items.length === 0 && <p>{result.unlisted}</p>}
      {list && <PredictionList list={list} predictions={predictions} />}
      <button type="button" onClick={close}>
        {result.closeList}
      </button>
    </section>
  );
}

function CellButton({
  cell,
  text,
  open,
}: {
  readonly cell: Cell;
  readonly text: string;
  readonly open: (cell: Cell) => void;
}) {
  const { result } = currentWords();
  const { count, truth, predicted } = cell;
  if (count === 0) return <span class="soft">{text}</span>;
  return (
    <button
      type="button"
      aria-label={result.cell(count, truth, predicted)}
      onClick={() => open(cell)}
      onKeyDown={moveFocus}
    >
      {text}
    </button>
  );
}

/** Arrow keys move between the cells that have samples. */
function moveFocus(event: KeyboardEvent): void {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ...{ ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] },
  };
  const step = steps[event.key];
  const cell = (event.target as HTMLElement).closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  event.stopPropagation();
  const rows = [...cell.closest("tbody")!.rows];
  let [i, j] = [rows.indexOf(cell.closest("tr")!), cell.cellIndex];
  for (;;) {
    [i, j] = [i + step[0], j + step[1]];
    const next = rows[i]?.cells[j];
    if (!next) return;
    const button = next.querySelector("button");
    if (button) {
      button.focus();
      return;
    }
  }
}
