import type { EpochEvent } from "../../src/core/events/events.js";
import { keptCurve } from "../../src/report/charts/kept-curve.js";
import type { RunState } from "../engine/after-event.js";
import type { RunEntry } from "../engine/trainer.js";
import { TableHead } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";

const [width, height] = [600, 120];

/** Validation loss as a line for each training, and all epochs as a table. */
export function Epochs({ epochs, result }: Pick<RunState, "epochs"> & Pick<RunEntry, "result">) {
  const { app, train } = currentWords();
  if (epochs.length === 0) return null;
  const losses = epochs.map((epoch) => epoch.validation_loss);
  const highest = Math.max(...losses);
  const longest = Math.max(...epochs.map(({ epoch }) => epoch));
  const stages = [...new Set(epochs.map(({ stage }) => stage))];
  const point = ({ epoch, validation_loss: loss }: EpochEvent): string =>
    `${(width * (epoch - 1)) / Math.max(1, longest - 1)},${height - (height * loss) / (highest || 1)}`;
  const words = train.curve(losses[0]!.toFixed(3), losses.at(-1)!.toFixed(3), epochs.length);
  return (
    <>
      <figure class="curve">
        <svg viewBox={`-4 -4 ${width + 8} ${height + 8}`} role="img" aria-label={words}>
          {stages.map((stage, k) => (
            <polyline
              key={stage}
              class={`line-${k % 3}`}
              points={epochs
                .filter((epoch) => epoch.stage === stage)
                .map(point)
                .join(" ")}
            />
          ))}
        </svg>
        <figcaption class="soft">
          {words}
          {app.gap}
          {result && "epochs" in result && keptCurve(result).training === "none" && train.noneKept}
        </figcaption>
      </figure>
      <details>
        <summary>{train.epochs}</summary>
        <table>
          <TableHead
            names={[train.stage, train.epoch, train.trainLoss, train.validationLoss, train.seconds]}
          />
          <tbody>
            {epochs.map(({ stage, epoch, of, train_loss, validation_loss, seconds, best }) => (
              <tr key={`${stage} ${epoch}`}>
                <td>{train.stageName(stage)}</td>
                <td>
                  {epoch} / {of} {best && train.best}
                </td>
                <td>{train_loss.toFixed(3)}</td>
                <td>{validation_loss.toFixed(3)}</td>
                <td>{seconds.toFixed(1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}
