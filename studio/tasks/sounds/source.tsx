import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { writeWav } from "../../../src/report/write-wav.js";
import { FileButton } from "../../app/controls.js";
import { useStudio, useWords } from "../../app/studio.js";
import { newId } from "../../store/store.js";
import type { SourceProps } from "../task-row.js";
import { clipSeconds, isOpen, openedMicrophone, rate, useMicrophone } from "./microphone.js";
import { Level } from "./record-button.js";
import { accept, soundDrafts } from "./sound-files.js";

/** Time between two windows, in milliseconds. */
const interval = 100;

/** Newest second of the microphone, or a file. */
export function SoundSource({ onInput, paused }: SourceProps) {
  const { sounds: words } = useWords().tasks;
  const { store } = useStudio();
  const [listening, setListening] = useState(isOpen);
  // A window may come after the microphone was stopped, until the page is drawn again.
  const takesWindows = useRef(listening);
  const turn = (on: boolean): void => {
    takesWindows.current = on;
    setListening(on);
    if (!on) onInput();
  };
  const group = useMemo(newId, []);
  useMicrophone();
  useEffect(() => {
    if (!listening || paused) return;
    let isOver = false;
    let timer: ReturnType<typeof setInterval> | undefined;
    openedMicrophone()
      .then((microphone) => {
        if (isOver) return;
        timer = setInterval(() => {
          if (!takesWindows.current || document.hidden || microphone.seconds < clipSeconds) return;
          try {
            const input = microphone.latest(clipSeconds);
            const wav = (): Blob => new Blob([new Uint8Array(writeWav(input, rate))], { type: "audio/wav" });
            onInput({ input, keep: async () => ({ content: wav(), group }) });
          } catch (error) {
            fail(error);
          }
        }, interval);
      })
      .catch((error) => fail(error));
    const fail = (error: unknown): void => {
      clearInterval(timer);
      turn(false);
      store.fail(error);
    };
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [listening, paused]);
  const choose = (files: readonly File[]): Promise<void> =>
    store.attempt(async () => {
      const [draft] = await soundDrafts(files);
      turn(false);
      onInput({ input: draft!.content, keep: async () => draft! });
    });
  return (
    <div class="sound-source">
      <div class="row">
        <button type="button" aria-pressed={listening} onClick={() => turn(!listening)}>
          {listening ? words.stopListening : words.listen}
        </button>
        <FileButton text={words.file} accept={accept} onFiles={(files) => void choose(files)} />
      </div>
      {listening && !paused && <Level />}
    </div>
  );
}
