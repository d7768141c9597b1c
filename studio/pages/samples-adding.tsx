// Progress and refusals of added files on the page Samples.

import { useStudio } from "../engine/studio.js";
import { currentWords } from "../words/current-words.js";
import { skipped } from "./samples-files.js";

/** Number of files that are read now. */
export function AddingBar() {
  const { samples: words } = currentWords();
  const { done, total } = useStudio().store.adding.value;
  if (total === 0) return null;
  return (
    <label>
      {words.adding(done, total)}
      <progress max={total} value={done} />
    </label>
  );
}

/** Skipped files that are listed by name. */
const mostListed = 100;

/** Files that were not added, with the reasons. */
export function SkippedList() {
  const { app, samples: words } = currentWords();
  const files = skipped.value;
  if (files.length === 0) return null;
  return (
    <div class="notice skipped" role="status">
      <details open={files.length <= 5}>
        <summary>{words.skipped(files.length)}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it */}
        <ul tabIndex={0}>
          {files.slice(0, mostListed).map(({ name, reason }) => (
            <li>{name + app.colon + reason}</li>
          ))}
          {files.length > mostListed && <li>{words.moreSkipped(files.length - mostListed)}</li>}
        </ul>
      </details>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          skipped.value = [];
        }}
      >
        {app.close}
      </button>
    </div>
  );
}
