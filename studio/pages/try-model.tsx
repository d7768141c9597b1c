import { useEffect, useState } from "preact/hooks";
import type { Predictor } from "../engine/predictor.js";
import { useStudio } from "../engine/studio.js";
import { chooseRun, chosenRun, go, hrefOf, route } from "../store/route.js";
import { currentWords } from "../words/current-words.js";
import { ModelSelect, quick } from "./model-select.js";

/** The model that answers on the page Try. */
export interface TryModel {
  /** Name of its run; undefined for the quick model. */
  readonly run: string | undefined;
  readonly choose: (run: string | undefined) => void;
  readonly predictor: Predictor | undefined;
}

/** Returns the chosen model: that of the address at first. Without samples it is the run chosen before, else the newest one. Opens the model of a run. */
export function useModel(): TryModel {
  const { store, live, trainer } = useStudio();
  const { page, detail } = route.value;
  const project = store.project.value!;
  const runs = trainer.runs.value;
  const hasModel = runs.every(({ name, status }) => name !== detail || status === "done");
  const named = page === "try" && detail !== quick && hasModel ? detail : undefined;
  const [chosen, setChosen] = useState(named);
  // Without samples there is no quick model.
  const isEmpty = project.samples.length === 0;
  const kept = chosenRun(project.id);
  const isThere = runs.length === 0 || runs.some(({ name, status }) => name === kept && status === "done");
  const newest = runs.find(({ status }) => status === "done")?.name;
  const run = isEmpty ? ((isThere ? kept : undefined) ?? newest) : chosen;
  // The address names the model: links to other pages show the same one.
  const choose = (name: string | undefined): void => {
    setChosen(name);
    if (page === "try") go({ page, project: project.id, detail: name ?? quick });
    else if (isEmpty) chooseRun(project.id, name);
  };
  const [opened, setOpened] = useState<Predictor>();
  useEffect(() => {
    if (page === "try" && detail !== undefined) setChosen(named);
  }, [page, detail, named]);
  useEffect(() => {
    // The model was chosen beside Samples.
    if (page === "try" && detail === undefined && chosen !== undefined)
      location.replace(hrefOf({ page, project: project.id, detail: chosen }));
  }, [page]);
  useEffect(() => {
    if (run === undefined) return;
    let isOver = false;
    const opening = trainer.open(run);
    opening
      .then((predictor) => !isOver && setOpened(predictor))
      .catch((error) => {
        store.fail(error);
        choose(undefined);
      });
    return () => {
      isOver = true;
      setOpened(undefined);
      opening.then((predictor) => predictor.close()).catch(() => undefined);
    };
  }, [run, store, trainer]);
  return { run, choose, predictor: run === undefined ? live.predictor.value : opened };
}

/** Says which model answers, and lets the user choose if there are finished runs. */
export function ModelChoice({ model: { run, choose } }: { readonly model: TryModel }) {
  const { try: words, samples } = currentWords();
  const { store, live, trainer } = useStudio();
  const { kind, samples: own } = store.project.value!;
  const count = live.fit.value?.classes.reduce((sum, one) => sum + one.samples, 0);
  const quickText = count === undefined ? words.quick : words.quickOf(samples.count(kind, count));
  const runs = trainer.runs.value.filter(({ status }) => status === "done");
  if (runs.length === 0) return count === undefined ? null : <p class="soft">{quickText}</p>;
  return (
    <ModelSelect
      label={words.model}
      quickText={own.length > 0 ? quickText : undefined}
      runs={runs}
      chosen={run ?? quick}
      onModel={(name) => choose(name === quick ? undefined : name)}
    />
  );
}
