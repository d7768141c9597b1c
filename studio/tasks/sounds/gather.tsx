import { useEffect, useRef, useState } from "preact/hooks";
import { useStudio } from "../../engine/studio.js";
import { newId } from "../../store/store.js";
import { currentWords } from "../../words/current-words.js";
import { RecordButton } from "../record-button.js";
import type { GatherProps } from "../task-row.js";
import { clipSeconds, isSilent, openMicrophone, peakOf, rate, useMicrophone } from "./microphone.js";

/** Adds clips until the signal comes. The first one is always recorded whole, so a short press is one clip. */
async function recordClips(
  onDrafts: GatherProps["onDrafts"],
  signal: AbortSignal,
  onClip: (silent: boolean) => void,
): Promise<void> {
  const microphone = await openMicrophone();
  const group = newId();
  let added = Promise.resolve();
  let failed: unknown;
  for (let clips = 0; (clips === 0 || !signal.aborted) && failed === undefined; clips++) {
    const how = { seconds: clipSeconds, ...(clips > 0 && { signal }) };
    const { file, samples } = await microphone.record(how);
    if (samples.length < clipSeconds * rate) break;
    onClip(isSilent(peakOf(samples)));
    // The next clip begins while this one is stored.
    added = added
      .then(() => onDrafts([{ content: file }], group))
      .catch((error) => {
        failed ??= error;
      });
  }
  await added;
  if (failed !== undefined) throw failed;
}

/** Part of a class card that records clips while its button is held. */
export function GatherSounds({ onDrafts, selected }: GatherProps) {
  const { sounds: words } = currentWords().tasks;
  const { store } = useStudio();
  const [stop, setStop] = useState<AbortController>();
  const [silent, setSilent] = useState({ clips: 0, silent: 0 });
  useMicrophone();
  const end = (): void => stop?.abort();
  const start = (): void => {
    if (stop || store.readOnly.value) return;
    const controller = new AbortController();
    setStop(controller);
    setSilent({ clips: 0, silent: 0 });
    const onClip = (isSilent: boolean) =>
      setSilent(({ clips, silent }) => ({ clips: clips + 1, silent: silent + Number(isSilent) }));
    recordClips(onDrafts, controller.signal, onClip)
      .catch((error) => store.fail(error))
      .finally(() => setStop(undefined));
  };
  useEffect(() => {
    const hidden = (): void => {
      if (document.hidden) end();
    };
    document.addEventListener("visibilitychange", hidden);
    return () => {
      document.removeEventListener("visibilitychange", hidden);
      end();
    };
  }, [stop]);
  return (
    <div class="record-sound">
      <RecordButton
        words={words}
        selected={selected}
        isRecording={stop !== undefined}
        onStart={start}
        onStop={end}
      />
      {stop && <Level />}
      <p class="soft" aria-live="polite">
        {silent.silent > 0 && words.silent(silent.silent, silent.clips)}
      </p>
    </div>
  );
}

/** Loudness of the open microphone, in decibels. */
export function Level() {
  const { sounds: words } = currentWords().tasks;
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    let frame = 0;
    let isOver = false;
    const draw = (latest: (seconds: number) => Float32Array): void => {
      if (isOver || !meter.current) return;
      try {
        meter.current.value = Math.max(-60, 20 * Math.log10(peakOf(latest(0.1)) + 1e-9));
      } catch {
        // The microphone was closed.
        return;
      }
      frame = requestAnimationFrame(() => draw(latest));
    };
    openMicrophone().then(
      (microphone) => draw((seconds) => microphone.latest(seconds)),
      () => undefined,
    );
    return () => {
      isOver = true;
      cancelAnimationFrame(frame);
    };
  }, []);
  return <meter ref={meter} class="level" min={-60} max={0} value={-60} aria-label={words.level} />;
}
