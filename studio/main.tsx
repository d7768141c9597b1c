// The page of the studio: "static" on any web host, or served by `engraft studio`.
import { render } from "preact";
import { keepOffline } from "./app/keep-offline.js";
import { registerWorker } from "./app/register-worker.js";
import { Shell } from "./app/shell.js";
import { LiveModel } from "./engine/live.js";
import { type Studio, StudioContext } from "./engine/studio.js";
import { TabTrainer } from "./engine/tab-trainer.js";
import { chooseStorage } from "./store/choose-storage.js";
import { Store } from "./store/store.js";
import { currentWords, firstLang, setLang } from "./words/current-words.js";
import "./styles/index.css";

const home = document.documentElement.dataset.home === "server" ? "server" : "static";
const page = document.getElementById("studio")!;
// Without Chinese sentences the page is English.
await setLang(firstLang()).catch(() => setLang("en"));
const { store, trainer } = await (home === "server" ? serverParts() : staticParts()).catch((error) => {
  const { app } = currentWords();
  page.textContent = `${app.notLoaded} ${app.notLoadedHelp}`;
  throw error;
});
const studio: Studio = { store, live: new LiveModel(store), trainer, home };

render(
  <StudioContext.Provider value={studio}>
    <Shell />
  </StudioContext.Provider>,
  page,
);

// The browser asks before the user loses data.
addEventListener("beforeunload", (event) => {
  if (store.isFailing || (store.storage.home === "memory" && store.project.value)) event.preventDefault();
});

if (home === "static") {
  await registerWorker(store);
  keepOffline(store);
}

async function staticParts() {
  const store = new Store(await chooseStorage());
  return { store, trainer: new TabTrainer(store) };
}

/** Projects and runs behind `engraft studio`. */
async function serverParts() {
  const [{ signIn }, { HttpStorage }, { HttpTrainer }] = await Promise.all([
    import("./store/call-server.js"),
    import("./store/http-storage.js"),
    import("./engine/http-trainer.js"),
  ]);
  await signIn();
  // A user may paste the address of a restarted studio into this tab.
  addEventListener("hashchange", () => void signIn());
  const store = new Store(new HttpStorage());
  return { store, trainer: new HttpTrainer(store) };
}
