// Says whether the model has learnt the tried input.
import { useMemo } from "preact/hooks";
import { hashOf } from "../../src/studio/content-hash.js";
import type { Sample } from "../../src/studio/project.js";
import { useStudio } from "../engine/studio.js";
import type { TestPrediction } from "../engine/trainer.js";
import { hasSamplesOf } from "../store/training-data.js";
import { useLoaded } from "../tasks/controls.js";
import { cellText } from "../tasks/read-list.js";
import { useRows } from "../tasks/table/rows.js";
import { currentWords } from "../words/current-words.js";

/** Returns the sample of the project with the content of an input. Live inputs are no samples. */
export function useSampleOf(input: unknown): Sample | undefined {
  const { store } = useStudio();
  const hash = useHash(input);
  return store.project.value?.samples.find((sample) =>
    typeof input === "string" ? sample.text === input : hash !== undefined && sample.hash === hash,
  );
}

const useHash = (input: unknown): string | undefined =>
  useLoaded(() => (input instanceof Blob ? hashOf(input) : undefined), [input]) ?? undefined;

/** Says that an input was used for training, or that it is a test sample of the run. Nothing for a new input. */
export function KnownInput({ input, run }: { readonly input: unknown; readonly run: string | undefined }) {
  const { try: words } = currentWords();
  const { store, trainer } = useStudio();
  const project = store.project.value!;
  const sample = useSampleOf(input);
  const hash = useHash(input);
  const rows = useRows();
  const tested = useLoaded(
    () => (run === undefined ? undefined : trainer.predictions(run).catch(() => [])),
    [run],
  );
  const file = project.files.find((one) => one.hash === hash);
  const lines = useMemo(
    () => rows?.rows.flatMap(({ line, values }) => (isRow(input, values) ? [line] : [])) ?? [],
    [rows, input],
  );
  if (!sample && !file && lines.length === 0) return null;
  if (run !== undefined && !tested) return null;
  const kind = lines.length > 0 && typeof input !== "string" ? "table" : project.kind;
  const isTest = tested?.some(isItem({ sample, file: file?.path, lines }));
  const isLearnt = run === undefined || hasSamplesOf(project, run);
  const say = isTest ? words.usedForTest : isLearnt ? words.usedForTraining : words.mayBeUsed;
  return <p class="soft">{say(kind)}</p>;
}

/** True for a text that is a cell of a row, and for values that are those of the row. */
function isRow(input: unknown, values: Readonly<Record<string, unknown>>): boolean {
  if (typeof input === "string") return Object.values(values).some((one) => cellText(one) === input);
  if (typeof input !== "object" || input === null || Array.isArray(input) || input instanceof Blob)
    return false;
  const own = Object.entries(input);
  return (
    own.length > 0 &&
    own.every(([name, value]) => name in values && cellText(values[name]) === cellText(value))
  );
}

interface Places {
  readonly sample: Sample | undefined;
  readonly file: string | undefined;
  readonly lines: readonly (number | undefined)[];
}

/** Returns a function that is true for predictions of an input. */
function isItem({ sample, file, lines }: Places) {
  return ({ item, id }: Pick<TestPrediction, "item" | "id">): boolean => {
    if (sample) return id === sample.id;
    if (file !== undefined) return file === item || file.endsWith(`/${item}`);
    const line = /(?:^|, )line (\d+)$/.exec(item)?.[1];
    return line !== undefined && lines.includes(Number(line));
  };
}
