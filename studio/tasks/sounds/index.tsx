import { useState } from "preact/hooks";
import { useStudio } from "../../engine/studio.js";
import { newId } from "../../store/store.js";
import { currentWords } from "../../words/current-words.js";
import type { SamplesRow } from "../task-row.js";
import { ClipTile } from "./clip-tile.js";
import { GatherSounds } from "./gather.js";
import { accept, soundDrafts } from "./sound-files.js";
import { SoundSource } from "./source.js";

export const sounds: SamplesRow = {
  kind: "sounds",
  data: "samples",
  example: "sound.wav",
  accept,
  Gather: GatherSounds,
  Above: BackgroundProposal,
  Tile: ClipTile,
  tileSize: { width: 150, height: 44 },
  Source: SoundSource,
  draftsOf: soundDrafts,
};

/** Proposes a class of background noise in a project that was opened without samples: a model without one answers to silence, too. */
function BackgroundProposal() {
  const { sounds: words } = currentWords().tasks;
  const { store } = useStudio();
  const { classes = [], samples = [] } = store.project.value ?? {};
  // It stays while the first clip is recorded: otherwise the cards would move under the finger.
  const [isEmpty] = useState(samples.length === 0);
  if (!isEmpty || classes.some(({ name }) => name === words.background)) return null;
  return (
    <div class="row">
      <button
        type="button"
        disabled={store.readOnly.value}
        onClick={() => store.dispatch({ do: "add-class", id: newId(), name: words.background })}
      >
        {words.addBackground}
      </button>
      <span class="soft">{words.backgroundHelp}</span>
    </div>
  );
}
