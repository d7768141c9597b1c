// A source of inputs to try that is live, such as a camera, or a file.
import { useMemo, useRef, useState } from "preact/hooks";
import { useStudio } from "../engine/studio.js";
import { type Draft, newId } from "../store/store.js";
import { FileButton } from "./controls.js";
import type { SourceProps } from "./task-row.js";

export type LiveSource = ReturnType<typeof useLiveSource>;

/** Returns a source. The inputs that it gives while it is shown are one recording. */
export function useLiveSource(
  onInput: SourceProps["onInput"],
  draftsOf: (files: readonly File[]) => Promise<readonly Draft[]>,
  isLiveAtFirst: () => boolean,
) {
  const { store } = useStudio();
  const [isLive, setLive] = useState(isLiveAtFirst);
  const [file, setFile] = useState<Draft>();
  const group = useMemo(newId, []);
  // An input may come after the source was stopped, until the page is drawn again.
  const takesInputs = useRef(isLive);
  /** Starts or stops. */
  const turn = (on: boolean): void => {
    takesInputs.current = on;
    setLive(on);
    setFile(undefined);
    if (!on) onInput();
  };
  /** Takes a live input. @param content its content as a sample, if the user keeps it */
  const give = (input: unknown, content: () => Blob | Promise<Blob>): void => {
    if (takesInputs.current) onInput({ input, keep: async () => ({ content: await content(), group }) });
  };
  const fail = (error: unknown): void => {
    turn(false);
    store.fail(error);
  };
  /** Stops, and tries the first of some files. */
  const tryFiles = (files: readonly File[]) =>
    store.attempt(async () => {
      const [draft] = await draftsOf(files.slice(0, 1));
      if (!draft) return;
      turn(false);
      setFile(draft);
      onInput({ input: draft.content, keep: async () => draft });
    });
  return { isLive, file, turn, give, fail, tryFiles };
}

interface LiveButtonsProps {
  readonly source: LiveSource;
  readonly words: { readonly start: string; readonly stop: string; readonly file: string };
  readonly accept: string;
}

/** Starts and stops a source, and chooses a file. */
export const LiveButtons = ({ source: { isLive, turn, tryFiles }, words, accept }: LiveButtonsProps) => (
  <div class="row">
    <button type="button" aria-pressed={isLive} onClick={() => turn(!isLive)}>
      {isLive ? words.stop : words.start}
    </button>
    <FileButton text={words.file} accept={accept} onFiles={tryFiles} />
  </div>
);
