import { useState } from "preact/hooks";
import type { Predictor, ShownAnswer } from "../engine/predictor.js";
import type { TryQueue } from "../engine/try-queue.js";
import { Announcement } from "../tasks/controls.js";
import { ErrorNotice } from "../tasks/error-notice.js";
import { currentWords } from "../words/current-words.js";

/** Answers that are shown at first. */
const mostShown = 5;
/** The quick model is unsure below this probability. The model of a run has its own threshold. */
const unsureBelow = 0.6;
/** Time between two announcements to a screen reader, in milliseconds. */
const announcePace = 3000;

/** Predictions of the newest input, as bars. */
export function TryAnswers({
  queue,
  predictor,
}: {
  readonly queue: TryQueue;
  readonly predictor: Predictor;
}) {
  const { try: words } = currentWords();
  const [all, setAll] = useState(false);
  const { answers = [], raw, error } = queue.shown.value ?? {};
  if (error !== undefined) return <ErrorNotice error={error} />;
  if (answers.length === 0) return <pre>{JSON.stringify(raw, undefined, 2)}</pre>;
  if (answers[0]!.isText) return <WrittenText answer={answers[0]!} />;
  const isUnsure = (answers[0]!.score ?? 1) < (predictor.unsureBelow ?? unsureBelow);
  return (
    <div class="try-answers">
      <p class={`try-best${isUnsure ? " soft" : ""}`}>{isUnsure ? words.unsure : answers[0]!.label}</p>
      <ol class="plain">
        {answers.slice(0, all ? undefined : mostShown).map((answer) => (
          <Bar key={answer.label} answer={answer} />
        ))}
      </ol>
      {answers.length > mostShown && (
        <button type="button" class="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.fewer : words.all(answers.length)}
        </button>
      )}
      <Announcement text={isUnsure ? words.unsure : answers[0]!.label} pace={announcePace} />
    </div>
  );
}

/** A text that the model wrote, with its lines. */
function WrittenText({ answer: { label, cutAt } }: { readonly answer: ShownAnswer }) {
  const { try: words } = currentWords();
  const text = label === "" ? words.noText : label;
  return (
    <div class="try-answers">
      <p class={label === "" ? "soft" : "try-text"}>{text}</p>
      {cutAt !== undefined && <p class="soft">{words.atLimit(cutAt)}</p>}
      <Announcement text={text} pace={announcePace} />
    </div>
  );
}

function Bar({ answer: { label, score } }: { readonly answer: ShownAnswer }) {
  const { app } = currentWords();
  return (
    <li>
      <span>{label}</span>
      {score !== undefined && (
        <>
          <span class="bar" aria-hidden="true">
            <span style={{ inlineSize: `${100 * score}%` }} />
          </span>
          <span class="share">{app.percent(score)}</span>
        </>
      )}
    </li>
  );
}
