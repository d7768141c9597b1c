export { findSounds } from "./find-sounds.js";
export {
  type OpenSoundLabelsOptions,
  type OpenSoundNumbersOptions,
  type OpenSoundsOptions,
  openSoundLabels,
  openSoundNumbers,
  openSounds,
  openTranscripts,
  openUnlabelledSounds,
} from "./open-sounds.js";
export { readSound, soundOf } from "./read-sound.js";
export {
  type Downmix,
  downmixes,
  type ReadSoundOptions,
  type Sound,
  type SoundDataset,
  type SoundItem,
  type SoundLabelDataset,
  type SoundTargetDataset,
  type TranscriptDataset,
} from "./sound.js";
export { type SoundTarget, soundsAt } from "./sounds-at.js";
export type { SoundSummary } from "./summarize-sounds.js";
