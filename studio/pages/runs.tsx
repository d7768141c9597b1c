import { useState } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import type { RunEntry } from "../engine/trainer.js";
import { TableHead } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";
import { ChangedLabelsOfRun } from "./changed-labels.js";
import { DeleteButton } from "./delete-button.js";
import { scoreLine, scoreOf, useRunSheet, useWriter } from "./run-sheet.js";
import { RunButtons, RunStatus, runTitle } from "./train-run.js";

/** Page Runs: every run of the project, and two of them side by side. */
export function RunsPage() {
  const { app, runs: words } = currentWords();
  const { trainer } = useStudio();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const runs = trainer.runs.value;
  const [first, second] = runs.filter(({ name, status }) => chosen.includes(name) && status === "done");
  const toggle = (name: string): void =>
    setChosen(chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen.slice(-1), name]);
  return (
    <div class="runs">
      <h1>{app.pages.runs}</h1>
      {runs.length === 0 && <p>{words.none}</p>}
      {first && second ? (
        <SideBySide key={first.name + second.name} runs={[first, second]} />
      ) : (
        runs.length > 1 && <p>{words.chooseTwo}</p>
      )}
      <ul class="plain">
        {runs.map((run) => (
          <RunRow
            key={run.name}
            run={run}
            isChosen={chosen.includes(run.name)}
            onChoose={() => toggle(run.name)}
          />
        ))}
      </ul>
    </div>
  );
}

interface RunRowProps {
  readonly run: RunEntry;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function RunRow({ run, isChosen, onChoose }: RunRowProps) {
  const words = currentWords();
  const { store, trainer } = useStudio();
  const { name, status } = run;
  const title = runTitle(run, words);
  return (
    <li class="card">
      <h2>{title}</h2>
      <p>
        <RunStatus run={run} />
      </p>
      <ChangedLabelsOfRun run={run} />
      <div class="row">
        {status === "done" && (
          <label class="row">
            <input
              type="checkbox"
              aria-label={words.runs.choose(title)}
              checked={isChosen}
              onChange={onChoose}
            />
            {words.runs.compare}
          </label>
        )}
        <RunButtons run={run} />
        {status !== "running" && status !== "waiting" && (
          <DeleteButton
            name={title}
            text={words.runs.deleteText}
            disabled={store.readOnly.value}
            onDelete={() => void store.attempt(() => trainer.remove(name))}
          />
        )}
      </div>
    </li>
  );
}

function SideBySide({ runs }: { readonly runs: readonly [RunEntry, RunEntry] }) {
  const words = currentWords();
  const { runs: own } = words;
  const scores = [scoreOf(useRunSheet(runs[0])), scoreOf(useRunSheet(runs[1]))] as const;
  const [first, second] = scores;
  const writer = useWriter();
  const gain = first && second && writer?.writtenDifference(first, second);
  const rows = runs.map((run, i) => {
    const score = scores[i];
    return [
      runTitle(run, words),
      score ? scoreLine(score) : "–",
      score?.interval ?? "–",
      String(score?.n ?? 0),
      run.result?.seconds.total.toFixed(1) ?? "–",
    ];
  });
  return (
    <section class="card">
      <table>
        <caption>{own.compare}</caption>
        <TableHead names={[own.run, own.score, own.interval, own.testSamples, own.seconds]} />
        <tbody>
          {rows.map(([title, ...cells], i) => (
            <tr key={runs[i]!.name}>
              <th scope="row">{title}</th>
              {cells.map((cell, k) => (
                <td key={k}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {gain !== undefined && (
        <p>
          {own.difference(first?.as === "share" ? own.points(gain) : gain)}
          {words.app.gap}
          {own.overlap}
        </p>
      )}
    </section>
  );
}
