import { useEffect, useState } from "preact/hooks";
import { ResultPage } from "../pages/result.js";
import { RunsPage } from "../pages/runs.js";
import { SamplesPage } from "../pages/samples.js";
import { StartPage } from "../pages/start.js";
import { TrainPage } from "../pages/train.js";
import { TryPage } from "../pages/try.js";
import { UsePage } from "../pages/use.js";
import { KeysButton, useKeys } from "./keys.js";
import { hrefOf, type PageName, route } from "./route.js";
import { currentLang, setLang, useStudio, useWords } from "./studio.js";

/** Pages of an open project. */
const projectPages = {
  samples: SamplesPage,
  try: TryPage,
  train: TrainPage,
  result: ResultPage,
  use: UsePage,
  runs: RunsPage,
} satisfies Record<Exclude<PageName, "start">, () => unknown>;

/** Frame of every page: top bar, notices, the page, and the bottom bar of a phone. */
export function Shell() {
  const { page } = route.value;
  return (
    <div class={`shell shell-${page}`}>
      <TopBar />
      <Notices />
      <main id="main" tabIndex={-1}>
        {page === "start" ? <StartPage /> : <ProjectPages />}
      </main>
    </div>
  );
}

function TopBar() {
  const { app } = useWords();
  const { store } = useStudio();
  const { page, project } = route.value;
  return (
    <header class="top">
      <a class="home" href="#/">
        {app.title}
      </a>
      {page !== "start" && store.project.value && (
        <span class="name one-line">{store.project.value.name}</span>
      )}
      {project !== undefined && <PageLinks />}
      <span class="tools">
        {page !== "start" && store.project.value && <UndoButtons />}
        <KeysButton />
        <button type="button" class="quiet" lang={currentLang() === "en" ? "zh-CN" : "en"} onClick={other}>
          {app.language}
        </button>
      </span>
    </header>
  );
}

const other = (): void => void setLang(currentLang() === "en" ? "zh" : "en");

/** Pages of one model: a link between them keeps its run. */
const ofRun: readonly PageName[] = ["try", "result", "use"];

/** Links to the pages of the project: tabs in a bar at the bottom on a phone. */
function PageLinks() {
  const { app } = useWords();
  const { home } = useStudio();
  const { page, project, detail } = route.value;
  const names = (Object.keys(projectPages) as (keyof typeof projectPages)[]).filter(
    (name) => name !== "runs" || home === "server",
  );
  return (
    <nav class="pages" aria-label={app.title}>
      {names.map((name) => (
        <a
          key={name}
          class={`page-${name}`}
          href={hrefOf({
            page: name,
            ...(project && { project }),
            ...(detail && ofRun.includes(page) && ofRun.includes(name) && { detail }),
          })}
          aria-current={name === page ? "page" : undefined}
        >
          {app.pages[name]}
        </a>
      ))}
    </nav>
  );
}

function UndoButtons() {
  const { app } = useWords();
  const { store } = useStudio();
  const { past = [], future = [] } = store.history.value ?? {};
  return [["undo", past] as const, ["redo", future] as const].map(([name, steps]) => (
    <button
      key={name}
      type="button"
      class="quiet"
      disabled={steps.length === 0}
      onClick={() => store.dispatch({ do: name })}
    >
      {app[name]}
    </button>
  ));
}

function Notices() {
  const { app } = useWords();
  const { store } = useStudio();
  return (
    <div class="notices" aria-live="polite">
      {store.storage.home === "memory" && <p class="notice info">{app.memoryOnly}</p>}
      {store.readOnly.value && <p class="notice info">{app.readOnly}</p>}
      {store.notices.value.map(({ id, kind, text, help, helpLang }) => (
        <p key={id} class={`notice ${kind}`}>
          <span>
            {text}
            {help !== undefined && <small lang={helpLang}>{help}</small>}
          </span>
          <button type="button" class="quiet" onClick={() => store.dismiss(id)}>
            {app.close}
          </button>
        </p>
      ))}
    </div>
  );
}

/** The open project's page. Opens the project of the address first. */
function ProjectPages() {
  const { app } = useWords();
  const { store, trainer } = useStudio();
  const { page, project } = route.value;
  const [failed, setFailed] = useState(false);
  useKeys();
  useEffect(() => {
    if (project === undefined) return;
    setFailed(false);
    store
      .open(project)
      .then(() => trainer.refresh(store.project.value!))
      .catch((error) => {
        setFailed(true);
        store.fail(error);
      });
  }, [project, store, trainer]);
  if (failed) return <a href="#/">{app.pages.start}</a>;
  if (store.project.value?.id !== project) return <p class="loading">{app.loading}</p>;
  const Page = projectPages[page as keyof typeof projectPages];
  const isBeside = page === "samples" || page === "try";
  return isBeside ? (
    <div class={`beside show-${page}`}>
      <SamplesPage />
      <TryPage />
    </div>
  ) : (
    <Page />
  );
}
