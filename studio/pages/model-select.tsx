import { useId } from "preact/hooks";
import type { RunEntry } from "../engine/trainer.js";
import { Select } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";
import { runTitle } from "./train-run.js";

/** Name of the quick model in the address. */
export const quick = "quick";

interface ModelSelectProps {
  readonly label: string;
  /** Text of the quick model; undefined if it cannot be chosen. */
  readonly quickText: string | undefined;
  readonly runs: readonly RunEntry[];
  /** Name of the chosen run, or {@link quick}. */
  readonly chosen: string;
  readonly onModel: (name: string) => void;
}

/** Choice of the quick model or the model of a run. */
export function ModelSelect({ label, quickText, runs, chosen, onModel }: ModelSelectProps) {
  const words = currentWords();
  const id = useId();
  return (
    <div class="row">
      <label for={id}>{label}</label>
      <Select
        id={id}
        value={chosen}
        options={[
          ...(quickText === undefined ? [] : [[quick, quickText] as const]),
          ...runs.map((run) => [run.name, runTitle(run, words)] as const),
        ]}
        onValue={onModel}
      />
    </div>
  );
}
