import { useEffect } from "preact/hooks";
import { writeWav } from "../../../src/report/write-wav.js";
import { currentWords } from "../../words/current-words.js";
import { LiveButtons, useLiveSource } from "../live-source.js";
import type { SourceProps } from "../task-row.js";
import { Level } from "./gather.js";
import { clipSeconds, isOpen, openMicrophone, rate, useMicrophone } from "./microphone.js";
import { accept, soundDrafts } from "./sound-files.js";

/** Time between two windows, in milliseconds. */
const interval = 100;

/** Newest second of the microphone, or a file. */
export function SoundSource({ onInput, paused }: SourceProps) {
  const { sounds: words } = currentWords().tasks;
  const source = useLiveSource(onInput, soundDrafts, isOpen);
  const { isLive, give, fail } = source;
  useMicrophone();
  useEffect(() => {
    if (!isLive || paused) return;
    let isOver = false;
    let timer: ReturnType<typeof setInterval> | undefined;
    openMicrophone()
      .then((microphone) => {
        if (isOver) return;
        timer = setInterval(() => {
          if (document.hidden || microphone.seconds < clipSeconds) return;
          try {
            const input = microphone.latest(clipSeconds);
            give(input, () => new Blob([new Uint8Array(writeWav(input, rate))], { type: "audio/wav" }));
          } catch (error) {
            clearInterval(timer);
            fail(error);
          }
        }, interval);
      })
      .catch(fail);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [isLive, paused]);
  return (
    <div class="sound-source">
      <LiveButtons
        source={source}
        words={{ start: words.listen, stop: words.stopListening, file: words.file }}
        accept={accept}
      />
      {isLive && !paused && <Level />}
    </div>
  );
}
