import { useCallback, useEffect, useState } from "preact/hooks";
import type { SignedInBrowser } from "../../src/studio/protocol.js";
import { useStudio } from "../engine/studio.js";
import { callServer } from "../store/call-server.js";
import { currentWords, writtenTime } from "../words/current-words.js";

/** The browsers that are signed in to `engraft studio`, with what ends and adds one. */
export function SignedIn() {
  const { signedIn: words } = currentWords().start;
  const { store } = useStudio();
  const [browsers, setBrowsers] = useState<readonly SignedInBrowser[]>([]);
  const [address, setAddress] = useState<string>();
  const list = useCallback(async () => setBrowsers(await (await callServer("api/sessions")).json()), []);
  useEffect(() => void store.attempt(list), [list, store]);
  const end = (id?: string) =>
    store.attempt(async () => {
      await callServer("api/sessions/end", { json: id === undefined ? {} : { id } });
      setAddress(undefined);
      setBrowsers([]);
      await list();
    });
  const invite = () =>
    store.attempt(async () => {
      const { token } = await (await callServer("api/sessions/token", { json: {} })).json();
      setAddress(`${location.origin}/#token=${token}`);
    });
  if (browsers.length === 0) return null;
  return (
    <section aria-label={words.title}>
      <h2>{words.title}</h2>
      <ul class="plain projects">
        {browsers.map(({ id, browser, since, used, isOwn }) => (
          <li key={id} class="card">
            <span>
              <strong>{isOwn ? words.own(browserName(browser)) : browserName(browser)}</strong>
              <br />
              <small>{words.times(writtenTime(since), writtenTime(used))}</small>
            </span>
            <button
              type="button"
              class="quiet"
              aria-label={words.endOf(browserName(browser))}
              onClick={() => void end(id)}
            >
              {words.end}
            </button>
          </li>
        ))}
      </ul>
      <div class="row">
        <button type="button" onClick={() => void end()}>
          {words.endAll}
        </button>
        <button type="button" onClick={() => void invite()}>
          {words.invite}
        </button>
      </div>
      {address !== undefined && (
        <label>
          {words.invited}
          <input readOnly value={address} onFocus={({ currentTarget }) => currentTarget.select()} />
        </label>
      )}
    </section>
  );
}

const names = { Firefox: "Firefox", Edg: "Edge", OPR: "Opera", Chrome: "Chromium", Safari: "Safari" };

/** Returns name and system of a browser from its user agent. Chromium also says "Safari", and Edge says "Chrome". */
function browserName(agent: string): string {
  const known = Object.entries(names).find(([sign]) => agent.includes(`${sign}/`));
  if (!known) return agent.slice(0, 40) || "–";
  const [sign, name] = known;
  const version = new RegExp(`${name === "Safari" ? "Version" : sign}/(\\d+)`).exec(agent)?.[1] ?? "";
  const system = /Windows|Android|iPhone|iPad|Mac OS X|Linux/.exec(agent)?.[0] ?? "";
  return [name, version, system].filter(Boolean).join(" ");
}
