import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { knownKind, sampleKindFacts } from "../../src/studio/project-kinds.js";
import type { ModelFile } from "../../src/web/index.js";
import { useStudio } from "../engine/studio.js";
import { go, hrefOf, route } from "../store/route.js";
import { BusyButton } from "../tasks/controls.js";
import { currentWords } from "../words/current-words.js";
import { ModelSelect, quick } from "./model-select.js";
import { CodeExamples } from "./use-code.js";

const packages = () => import("../store/packages.js");

/** Downloads: the model, the project, the data, a page that runs the model, and programs. */
export function UsePage() {
  const { app, use } = currentWords();
  const { store, live, trainer } = useStudio();
  const project = store.project.value!;
  const done = trainer.runs.value.filter(({ status }) => status === "done");
  const hasQuick = live.predictor.value !== undefined;
  // The model does not learn copies and unreadable samples.
  const learnt = live.fit.value?.classes.reduce((sum, { samples }) => sum + samples, 0) ?? 0;
  const { detail } = route.value;
  const chosen = detail === quick ? undefined : (done.find(({ name }) => name === detail) ?? done[0]);
  const hasModel = chosen !== undefined || hasQuick;
  const filesOf = async (): Promise<readonly ModelFile[]> =>
    chosen ? await trainer.modelFiles(chosen.name) : await live.save();
  const content = (hash: string): Promise<Blob> => store.content(hash);
  return (
    <div class="use-page">
      <h1>{app.pages.use}</h1>
      {hasModel ? (
        <Download
          isMain
          key="model"
          what={use.model}
          about={use.modelAbout}
          ending="model.zip"
          pack={async () => (await packages()).packModel(await filesOf())}
        >
          <ModelSelect
            label={use.which}
            quickText={hasQuick ? use.quick(learnt) : undefined}
            runs={done}
            chosen={chosen?.name ?? quick}
            onModel={(detail) => go({ page: "use", project: project.id, detail })}
          />
        </Download>
      ) : (
        <NoModel hasClasses={sampleKindFacts(project.kind) !== undefined} />
      )}
      {hasModel && (
        <Download
          key="page"
          what={use.pageTitle}
          about={use.pageAbout}
          ending="page.zip"
          pack={async () => {
            const { modelPage } = await import("../store/model-page.js");
            const html = modelPage(project.kind, project.name, document.documentElement.lang, use.page);
            return (await packages()).packPage(html, await filesOf());
          }}
        />
      )}
      <Download
        key="project"
        what={use.project}
        about={use.projectAbout}
        ending="engraft.zip"
        pack={async () => (await import("../../src/studio/project-zip.js")).packProject(project, content)}
      />
      <Download
        key="data"
        what={use.data}
        about={use.dataAbout[knownKind(project.kind)]}
        ending="data.zip"
        pack={async () => (await packages()).packData(project, content)}
      />
      <CodeExamples />
    </div>
  );
}

function NoModel({ hasClasses }: { readonly hasClasses: boolean }) {
  const { use } = currentWords();
  const { project = "" } = route.value;
  return (
    <section class="card" aria-label={use.model}>
      <h2>{use.model}</h2>
      <p>{hasClasses ? use.noModel : use.noModelFiles}</p>
      <p class="row">
        <a class="button" href={hrefOf({ page: "samples", project })}>
          {use.toSamples}
        </a>
        <a class="button main" href={hrefOf({ page: "train", project })}>
          {use.toTrain}
        </a>
      </p>
    </section>
  );
}

interface DownloadProps {
  /** Name of the thing. */
  readonly what: string;
  /** What it holds. */
  readonly about: string;
  /** End of the file's name. */
  readonly ending: string;
  readonly pack: () => Promise<Blob>;
  /** True for the main download. */
  readonly isMain?: boolean;
  readonly children?: ComponentChildren;
}

/** Card with a button that packs a zip file and saves it. */
function Download({ what, about, ending, pack, isMain, children }: DownloadProps) {
  const { use } = currentWords();
  const { store } = useStudio();
  const [state, setState] = useState<string>();
  const save = async (): Promise<void> => {
    setState(use.packing);
    try {
      const zip = await pack();
      const { safeName } = await import("../../src/data/lists/layout-files.js");
      const name = `${safeName(store.project.value!.name)}.${ending}`;
      saveAs(zip, name);
      setState(use.packed(name, sizeOf(zip.size)));
    } catch (error) {
      setState(undefined);
      store.fail(error);
    }
  };
  return (
    <section class="card" aria-label={what}>
      <h2>{what}</h2>
      {children}
      <p>{about}</p>
      <p class="row">
        <BusyButton
          class={isMain ? "main" : undefined}
          isBusy={state === use.packing}
          onClick={() => void save()}
        >
          {use.download(what)}
        </BusyButton>
        <span role="status">{state}</span>
      </p>
    </section>
  );
}

const sizeOf = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;

function saveAs(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser reads the blob after this call.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
