import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import { StartPage } from "../pages/start.js";
import { chosenRun, hrefOf, type PageName, route } from "../store/route.js";
import { focusHeading, useLoaded } from "../tasks/controls.js";
import { KeysButton, useKeys } from "../tasks/keys.js";
import { currentLang, currentWords, setLang } from "../words/current-words.js";

/** Pages of an open project, loaded when they are shown. */
const projectPages = {
  samples: async () => (await import("../pages/samples.js")).SamplesPage,
  try: async () => (await import("../pages/try.js")).TryPage,
  train: async () => (await import("../pages/train.js")).TrainPage,
  result: async () => (await import("../pages/result.js")).ResultPage,
  use: async () => (await import("../pages/use.js")).UsePage,
  runs: async () => (await import("../pages/runs.js")).RunsPage,
} satisfies Record<Exclude<PageName, "start">, () => Promise<() => unknown>>;
type ProjectPage = keyof typeof projectPages;

/** Pages that were loaded in this visit: they open again at once. */
const loadedPages = new Map<ProjectPage, () => JSX.Element | null>();

/** Frame of every page: top bar, notices, the page, and the bottom bar of a phone. */
export function Shell() {
  const { page } = route.value;
  const main = useRef<HTMLElement>(null);
  useHeadingFocus(main, page);
  return (
    <div class={`shell shell-${page}`}>
      <TopBar />
      <Notices />
      <main id="main" tabIndex={-1} ref={main}>
        {!isSecureContext ? <NoHttps /> : page === "start" ? <StartPage /> : <ProjectPages />}
      </main>
    </div>
  );
}

/** Moves the focus to the heading of each page that is opened. */
function useHeadingFocus(main: { readonly current: HTMLElement | null }, page: PageName): void {
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    const move = (): boolean => {
      const isBeside = page === "samples" || page === "try";
      const heading = main.current!.querySelector<HTMLElement>(isBeside ? `.${page} h1` : "h1");
      if (!heading) return false;
      // A part of the page that takes the focus keeps it.
      if (main.current!.contains(document.activeElement)) return true;
      focusHeading(heading);
      return true;
    };
    if (move()) return;
    const observer = new MutationObserver(() => move() && observer.disconnect());
    observer.observe(main.current!, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [main, page]);
}

/** Without https, browsers give a page no camera, no storage and no hashes. */
function NoHttps() {
  const { app } = currentWords();
  return (
    <div class="card" role="alert">
      <h1>{app.noHttps}</h1>
      <p>{app.noHttpsHelp}</p>
    </div>
  );
}

function TopBar() {
  const { app } = currentWords();
  const { store } = useStudio();
  const { page, project } = route.value;
  const other = (): void =>
    void setLang(currentLang() === "en" ? "zh" : "en").catch((error) => store.fail(error));
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

/** Pages of one model: a link between them keeps its run. Without samples, the links of every page do. */
const ofRun: readonly PageName[] = ["try", "train", "result", "use"];

/** Links to the pages of the project: tabs in a bar at the bottom on a phone. */
function PageLinks() {
  const { app } = currentWords();
  const { home, store } = useStudio();
  const { page, project, detail } = route.value;
  const named = ofRun.includes(page) ? detail : undefined;
  const run = named ?? (store.project.value?.samples.length === 0 ? chosenRun(project) : undefined);
  const names = (Object.keys(projectPages) as ProjectPage[]).filter(
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
            ...(run && ofRun.includes(name) && { detail: run }),
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
  const { app } = currentWords();
  const { store } = useStudio();
  const { past = [], future = [] } = store.history.value ?? {};
  return [["undo", past] as const, ["redo", future] as const].map(([name, steps]) => (
    <button
      key={name}
      type="button"
      class="quiet"
      disabled={steps.length === 0}
      onClick={() => (name === "undo" ? void store.undo() : store.dispatch({ do: name }))}
    >
      {app[name]}
    </button>
  ));
}

function Notices() {
  const { app } = currentWords();
  const { store } = useStudio();
  // The error of the storage says the same as this page.
  const shown = store.notices.value.filter(({ text }) => !store.readOnly.value || text !== app.readOnly);
  return (
    <div class="notices" aria-live="polite">
      {store.storage.home === "memory" && <p class="notice info">{app.memoryOnly}</p>}
      {store.readOnly.value && <p class="notice info">{app.readOnly}</p>}
      {shown.map(({ id, kind, text, help, helpLang }) => (
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
  const { app } = currentWords();
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
  return page === "samples" || page === "try" ? (
    <div class={`side-by-side show-${page}`}>
      <LoadedPages key="side-by-side" names={["samples", "try"]} />
    </div>
  ) : (
    <LoadedPages key={page} names={[page as ProjectPage]} />
  );
}

function LoadedPages({ names }: { readonly names: readonly ProjectPage[] }) {
  const { app } = currentWords();
  const load = async (name: ProjectPage) => loadedPages.set(name, await projectPages[name]());
  const loaded = useLoaded(() => Promise.all(names.map(load)), []);
  if (loaded === null) return null;
  if (!names.every((name) => loadedPages.has(name))) return <p class="loading">{app.loading}</p>;
  return (
    <>
      {names.map((name) => {
        const Page = loadedPages.get(name)!;
        return <Page key={name} />;
      })}
    </>
  );
}
