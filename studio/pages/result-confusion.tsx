import { useState } from "preact/hooks";
import { TableHead } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";
import { PredictionList, type ShownPrediction } from "./result-predictions.js";

/** Counts of predictions by true and predicted class. */
export interface Confusion {
  readonly classes: readonly string[];
  /** counts[true][predicted] */
  readonly counts: readonly (readonly number[])[];
}

/** Classes of the largest matrix that is shown whole. */
const mostClasses = 20;
/** Rows of the list that stands for a larger one. */
const mostPairs = 30;

/** Returns the confusion of predictions. */
export function confusionOf(predictions: readonly ShownPrediction[]): Confusion {
  const classes = [...new Set(predictions.flatMap((one) => [one.true, one.predicted]))].sort();
  const place = new Map(classes.map((name, k) => [name, k]));
  const counts = classes.map(() => classes.map(() => 0));
  for (const one of predictions) counts[place.get(one.true)!]![place.get(one.predicted)!]!++;
  return { classes, counts };
}

interface Cell {
  readonly truth: string;
  readonly predicted: string;
  readonly count: number;
}

/** Confusion matrix. Its cells are buttons that list their samples. */
export function ConfusionMatrix({
  confusion,
  predictions,
}: {
  readonly confusion: Confusion;
  readonly predictions: readonly ShownPrediction[];
}) {
  const { result } = currentWords();
  const [open, setOpen] = useState<Cell>();
  const { classes } = confusion;
  const inCell = predictions.filter((one) => one.true === open?.truth && one.predicted === open.predicted);
  return (
    <section aria-labelledby="confusion">
      <h2 id="confusion">{classes.length > mostClasses ? result.pairs : result.confusion}</h2>
      <p class="soft">{result.confusionHelp}</p>
      {classes.length > mostClasses ? (
        <Pairs confusion={confusion} open={setOpen} />
      ) : (
        <Matrix confusion={confusion} open={setOpen} />
      )}
      {open && (
        <section aria-live="polite">
          <h3>{result.cell(open.count, open.truth, open.predicted)}</h3>
          {inCell.length === 0 ? <p>{result.unlisted}</p> : <PredictionList predictions={inCell} />}
          <button type="button" onClick={() => setOpen(undefined)}>
            {result.closeList}
          </button>
        </section>
      )}
    </section>
  );
}

interface CellsProps {
  readonly confusion: Confusion;
  readonly open: (cell: Cell) => void;
}

function Matrix({ confusion: { classes, counts }, open }: CellsProps) {
  const { result } = currentWords();
  return (
    <div class="matrix">
      <table>
        <TableHead names={[result.trueClass, ...classes]} />
        <tbody>
          {classes.map((truth, i) => (
            <tr key={truth}>
              <th scope="row">{truth}</th>
              {classes.map((predicted, j) => (
                <td key={predicted} class={i === j ? "right" : "wrong"}>
                  <CellButton cell={{ truth, predicted, count: counts[i]![j]! }} open={open} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellButton({ cell, open }: { readonly cell: Cell; readonly open: CellsProps["open"] }) {
  const { result } = currentWords();
  const { count, truth, predicted } = cell;
  if (count === 0) return <span class="soft">0</span>;
  return (
    <button
      type="button"
      aria-label={result.cell(count, truth, predicted)}
      onClick={() => open(cell)}
      onKeyDown={moveFocus}
    >
      {count}
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

/** The largest confusions of many classes. */
function Pairs({ confusion: { classes, counts }, open }: CellsProps) {
  const { result } = currentWords();
  const cells = counts.flatMap((row, i) =>
    row.flatMap((count, j) =>
      i === j || count === 0 ? [] : [{ truth: classes[i]!, predicted: classes[j]!, count }],
    ),
  );
  cells.sort((a, b) => b.count - a.count);
  return (
    <ul class="plain pairs">
      {cells.slice(0, mostPairs).map((cell) => (
        <li key={`${cell.truth}\n${cell.predicted}`}>
          <button type="button" onClick={() => open(cell)}>
            {result.cell(cell.count, cell.truth, cell.predicted)}
          </button>
        </li>
      ))}
    </ul>
  );
}
