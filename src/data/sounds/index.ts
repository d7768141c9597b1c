export { findSounds } from "./find-sounds.js";
export { type OpenSoundLabelsOptions, openSoundLabels } from "./open-sound-labels.js";
export { type OpenSoundNumbersOptions, openSoundNumbers } from "./open-sound-numbers.js";
export { type OpenSoundsOptions, openSounds, openTranscripts } from "./open-sounds.js";
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
