import type { SoundInput } from "../sounds/sound-model.js";
import type { Input } from "./input.js";

export const audioInput: Input<SoundInput, { readonly rate: number }> = {
  modality: "audio",
  async holds(platform, path) {
    const { soundsAt } = await import("../recognition/evidence.js");
    return (await soundsAt(platform, path)) !== undefined;
  },
  async open(platform, path, source, how) {
    const { openSoundTargets } = await import("../../data/sounds/open-sounds.js");
    return openSoundTargets(platform, path, source, how);
  },
  given: ({ path }) => path,
  async folder(platform, dir) {
    const { openSoundFolder } = await import("../sounds/sound-model.js");
    const folder = await openSoundFolder(platform, dir);
    return { ...folder, about: { rate: folder.audio.extractor.rate } };
  },
  checked: (given, _facts, { files }) =>
    given.map((one) => (typeof one === "string" ? files.resolve(one) : one)),
};
