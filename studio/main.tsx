// The page of the studio: "static" on any web host, or served by `engraft studio`.
import { render } from "preact";
import { registerWorker } from "./app/register-worker.js";
import { Shell } from "./app/shell.js";
import { firstLang, type Studio, StudioContext, setLang } from "./app/studio.js";
import { LiveModel } from "./engine/live.js";
import { TabTrainer } from "./engine/tab-trainer.js";
import { chooseStorage } from "./store/choose-storage.js";
import { Store } from "./store/store.js";
import "./styles/index.css";

const home = document.documentElement.dataset.home === "server" ? "server" : "static";
const store = new Store(await chooseStorage());
const studio: Studio = { store, live: new LiveModel(store), trainer: new TabTrainer(store), home };

await setLang(firstLang());
render(
  <StudioContext.Provider value={studio}>
    <Shell />
  </StudioContext.Provider>,
  document.getElementById("studio")!,
);

if (home === "static") await registerWorker(store);
