export { findSounds } from "./find-sounds.js";
export {
  openSounds,
  openSoundTargets,
  openTranscripts,
  openUnlabelledSounds,
} from "./open-sounds.js";
export { readSound, soundOf } from "./read-sound.js";
export type { SoundDataset, TranscriptDataset } from "./sound.js";
