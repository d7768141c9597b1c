// The studio with a project of texts that is the same after each reload, for tests of Train, Result and Runs.
// `?quick` gives it a quick model; `?one` leaves one class; `?table` makes it a table.
import { signal } from "@preact/signals";
import { render } from "preact";
import { shownScore } from "../../../src/evaluate/shown-score.js";
import { hashOf } from "../../../src/studio/content-hash.js";
import { newProject, type Sample } from "../../../src/studio/project.js";
import { Shell } from "../../../studio/app/shell.js";
import type { LiveModel } from "../../../studio/engine/live.js";
import { StudioContext } from "../../../studio/engine/studio.js";
import { TabTrainer } from "../../../studio/engine/tab-trainer.js";
import { MemoryStorage } from "../../../studio/store/memory-storage.js";
import { Store } from "../../../studio/store/store.js";
import "../../../studio/styles/index.css";

const search = new URLSearchParams(location.search);
const texts: Readonly<Record<string, readonly string[]>> = {
  good: [
    "a lovely book",
    "fine reading",
    "a joy from start to end",
    "I loved it",
    "well told",
    "a fine tale",
  ],
  bad: ["an awful bore", "poorly told", "a waste of time", "I hated it", "dull and long", "a lovely mess"],
};
const classes = (search.has("one") ? ["good"] : ["good", "bad"]).map((name) => ({ id: name, name }));
const samples: Sample[] = classes.flatMap(({ name }) =>
  texts[name]!.map((text, i) => ({ id: `${name}-${i}`, class: name, text })),
);
const table = new Blob(["rooms,price\n1,100\n2,210\n3,290\n"]);
const content = search.has("table")
  ? { kind: "table", files: [{ path: "houses.csv", hash: await hashOf(table) }] }
  : { kind: "texts", classes, samples };
const project = { ...newProject("p", "", "Reviews", "2026-11-28T00:00:00.000Z"), ...content };

const store = new Store(new MemoryStorage());
await store.storage.create(project);
await store.storage.put("p", await hashOf(table), table);
const answersFor = (label: string) => [
  { label, score: 0.9 },
  { label: label === "good" ? "bad" : "good", score: 0.1 },
];
const predictions = samples.map(({ id, class: label }) => ({
  ...{ id, label },
  answers: answersFor(id === "bad-5" ? "good" : label),
}));
const score = {
  ...{ n: 12, accuracy: 11 / 12, accuracy_ci95: [0.75, 0.99] },
  metric: { name: "accuracy", value: 11 / 12, ci95: [0.75, 0.99] as const },
  per_class: [{ n: 6 }, { n: 6 }],
} as const;
const fit = search.has("quick")
  ? { classes: [], score, shown: shownScore(score), notes: [], folds: 5, predictions, seconds: 0 }
  : undefined;
const live = {
  status: signal({ phase: "idle", done: 0, total: 0 }),
  findings: signal({ copies: [], unreadable: [] }),
  ...{ fit: signal(fit), predictor: signal(undefined), close: async () => undefined },
} as unknown as LiveModel;
render(
  <StudioContext.Provider value={{ store, live, trainer: new TabTrainer(store), home: "static" }}>
    <Shell />
  </StudioContext.Provider>,
  document.getElementById("studio")!,
);
