// Addresses after "#": they work on any web host, without rules for unknown paths.
import { computed, effect, signal } from "@preact/signals";

export const pages = ["start", "samples", "try", "train", "result", "use", "runs"] as const;
export type PageName = (typeof pages)[number];

/** An address of the page: `#/`, or `#/PROJECT/PAGE`, or `#/PROJECT/PAGE/DETAIL`. */
interface Route {
  readonly page: PageName;
  /** Id of the project; undefined on the start page. */
  readonly project?: string;
  /** Name of a run, on Train, Result, Try and Use. */
  readonly detail?: string;
}

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** Route of the address. An unknown address is the start page. */
export const route = computed<Route>(() => {
  const [project, name, detail] = hash.value.replace(/^#\/?/, "").split("/").map(decode);
  const page = pages.find((one) => one === name);
  if (!project || !page || page === "start") return { page: "start" };
  return { page, project, ...(detail && { detail }) };
});

const chosen = signal<Pick<Route, "project" | "detail">>({});
effect(() => {
  if (route.value.detail) chosen.value = route.value;
});

/** Chooses a run of a project, as its address does; without a name, none. */
export const chooseRun = (project: string, run?: string): void => {
  chosen.value = { project, ...(run && { detail: run }) };
};

/** Returns the run of a project that an address named last, or that was chosen since. */
export const chosenRun = (project: string | undefined): string | undefined =>
  chosen.value.project === project ? chosen.value.detail : undefined;

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return "";
  }
}

/** Returns the address of a route, for a link. */
export const hrefOf = ({ page, project, detail }: Route): string =>
  page === "start"
    ? "#/"
    : `#/${[project ?? "", page, ...(detail ? [detail] : [])].map(encodeURIComponent).join("/")}`;

export function go(to: Route): void {
  location.hash = hrefOf(to);
  hash.value = location.hash;
}
