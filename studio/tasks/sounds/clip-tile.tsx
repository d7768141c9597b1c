import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Sample } from "../../../src/studio/project.js";
import { useStudio } from "../../engine/studio.js";
import { currentWords } from "../../words/current-words.js";
import { useLoaded } from "../controls.js";
import { isSilent, rate } from "./microphone.js";

/** Bars of a waveform. */
const bars = 48;
/** Most waveforms in memory. */
const mostWaves = 2000;

/** Peaks of equal parts of a clip, 0 … 1; null for a file that the browser cannot decode. */
type Wave = readonly number[] | null;

/** Content hashes of the silent clips among those that were shown. */
export const silentClips = signal<ReadonlySet<string>>(new Set());

/** Waveforms by content hash. */
const waves = new Map<string, Promise<Wave>>();

function waveOf(hash: string, content: () => Promise<Blob>): Promise<Wave> {
  const known = waves.get(hash);
  if (known) return known;
  if (waves.size >= mostWaves) waves.clear();
  const wave = content()
    .then(async (blob) => new OfflineAudioContext(1, 1, rate).decodeAudioData(await blob.arrayBuffer()))
    .then((sound) => {
      const peaks = peaksOf(sound.getChannelData(0));
      if (isSilent(Math.max(...peaks))) silentClips.value = new Set([...silentClips.value, hash]);
      return peaks;
    })
    .catch(() => null);
  waves.set(hash, wave);
  return wave;
}

const peaksOf = (samples: Float32Array): number[] =>
  Array.from({ length: bars }, (_, bar) => {
    const [from, to] = [bar, bar + 1].map((at) => Math.floor((at * samples.length) / bars));
    let peak = 0;
    for (let i = from!; i < to!; i++) peak = Math.max(peak, Math.abs(samples[i]!));
    return peak;
  });

let output: AudioContext | undefined;
let playing: AudioBufferSourceNode | undefined;

/** Plays a clip, and ends the one before. */
async function play(content: Blob): Promise<void> {
  output ??= new AudioContext();
  await output.resume();
  const source = output.createBufferSource();
  source.buffer = await output.decodeAudioData(await content.arrayBuffer());
  source.connect(output.destination);
  playing?.stop();
  playing = source;
  source.start();
}

/** A clip as its waveform. Its sign plays it, and so does Enter on the tile. */
export function ClipTile({ sample: { hash = "", name } }: { readonly sample: Sample }) {
  const { sounds: words } = currentWords().tasks;
  const { store } = useStudio();
  const wave = useLoaded(() => waveOf(hash, () => store.content(hash)), [hash]);
  const tile = useRef<HTMLSpanElement>(null);
  const hear = (): void =>
    void store
      .content(hash)
      .then(play)
      .catch(() => store.notify({ kind: "error", text: words.unreadable }));
  useEffect(() => {
    // The focus is on the option around the tile.
    const option = tile.current?.closest<HTMLElement>("[role=option]");
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key === "Enter") hear();
    };
    option?.addEventListener("keydown", onKey);
    return () => option?.removeEventListener("keydown", onKey);
  });
  const silent = !!wave && isSilent(Math.max(...wave));
  const title = silent ? words.silentClip : wave === null ? words.unreadable : words.play;
  return (
    <span
      ref={tile}
      class={silent ? "clip silent" : "clip"}
      title={name === undefined ? title : `${title}: ${name}`}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: an option of a list holds no button */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter is handled above */}
      <span
        class="play"
        onClick={(event) => {
          event.stopPropagation();
          hear();
        }}
      >
        {silent ? "∅" : "▶"}
      </span>
      {wave ? <Waveform peaks={wave} /> : <span class="one-line">{wave === null && name}</span>}
    </span>
  );
}

/** Bars around a middle line, in proportion to the loudest one. */
function Waveform({ peaks }: { readonly peaks: readonly number[] }) {
  const most = Math.max(0.05, ...peaks);
  return (
    <svg class="wave" viewBox={`0 -16 ${3 * bars} 32`} preserveAspectRatio="none" aria-hidden="true">
      <path
        d={peaks
          .map((peak, i) => `M${3 * i + 1} ${-(16 * peak) / most - 0.5}V${(16 * peak) / most + 0.5}`)
          .join("")}
      />
    </svg>
  );
}
