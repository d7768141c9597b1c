import { expect, test } from "vitest";
import { folderOf, tone, wavOf } from "../../../../test/support/sound-files.js";
import { nodePlatform } from "../../../platform/node.js";
import { recognize } from "../../../tasks/recognition/recognize.js";
import { findSounds } from "../find-sounds.js";
import type { FindSoundsOptions } from "../listed-sounds.js";

const wav = wavOf([tone(440)]);

/** What is known of each clip, in the order of the layout. */
async function found(files: Readonly<Record<string, Uint8Array | string>>, options: FindSoundsOptions = {}) {
  const root = folderOf(files);
  const { files: sounds, ...rest } = await findSounds(nodePlatform, root, options);
  return {
    ...rest,
    target: (await recognize({ platform: nodePlatform, path: root }, {})).head,
    sounds: sounds.map(({ id, given, group, values }) => [
      id,
      given,
      group,
      values.label ?? values.class ?? values.text,
    ]),
  };
}

test("Speech Commands: lists give the splits, names the speakers, and noise is no class", async () => {
  const { sounds, target, skipped } = await found({
    "yes/0a7c2a8d_nohash_0.wav": wav,
    "yes/0b09edd3_nohash_1.wav": wav,
    "no/0a7c2a8d_nohash_0.wav": wav,
    "_background_noise_/tap.wav": wav,
    "validation_list.txt": "yes/0b09edd3_nohash_1.wav\n",
    "testing_list.txt": "no/0a7c2a8d_nohash_0.wav\n",
  });
  expect(target).toBe("classes");
  expect(sounds).toEqual([
    ["no/0a7c2a8d_nohash_0.wav", "test", "0a7c2a8d", "no"],
    ["yes/0a7c2a8d_nohash_0.wav", "train", "0a7c2a8d", "yes"],
    ["yes/0b09edd3_nohash_1.wav", "validation", "0b09edd3", "yes"],
  ]);
  expect(skipped).toEqual([{ item: "_background_noise_/tap.wav", reason: "_background_noise_ is no class" }]);
});

test("ESC-50: cuts of one recording are a group", async () => {
  const { sounds, groupedBy, target } = await found({
    "meta/esc50.csv":
      "filename,fold,target,category,esc10,src_file,take\n1-100032-A-0.wav,1,0,dog,True,100032,A\n1-100032-B-0.wav,1,0,dog,True,100032,B\n",
    "audio/1-100032-A-0.wav": wav,
    "audio/1-100032-B-0.wav": wav,
  });
  expect(target).toBe("classes");
  expect(groupedBy).toBe("src_file");
  expect(sounds).toEqual([
    ["1-100032-A-0.wav", undefined, "100032", undefined],
    ["1-100032-B-0.wav", undefined, "100032", undefined],
  ]);
});

test("Free Spoken Digit Dataset: digit and speaker are in the name", async () => {
  const { sounds, target } = await found({
    "recordings/3_theo_0.wav": wav,
    "recordings/7_jackson_12.wav": wav,
    "README.md": "text",
  });
  expect(target).toBe("classes");
  expect(sounds).toEqual([
    ["3_theo_0.wav", undefined, "theo", "3"],
    ["7_jackson_12.wav", undefined, "jackson", "7"],
  ]);
});

test("RAVDESS, CREMA-D and the Berlin database: emotion and actor are in the name, and folders of actors are no classes", async () => {
  const { sounds } = await found({
    "Actor_01/03-01-05-01-02-01-01.wav": wav,
    "Actor_12/03-01-08-02-02-02-12.wav": wav,
  });
  expect(sounds).toEqual([
    ["Actor_01/03-01-05-01-02-01-01.wav", undefined, "01", "angry"],
    ["Actor_12/03-01-08-02-02-02-12.wav", undefined, "12", "surprised"],
  ]);
  const crema = await found({ "AudioWAV/1001_DFA_ANG_XX.wav": wav, "AudioWAV/1002_IEO_SAD_HI.wav": wav });
  expect(crema.sounds.map(([, , group, label]) => [group, label])).toEqual([
    ["1001", "anger"],
    ["1002", "sad"],
  ]);
  const berlin = await found({ "wav/03a01Fa.wav": wav, "wav/16b10Wb.wav": wav });
  expect(berlin.sounds.map(([, , group, label]) => [group, label])).toEqual([
    ["03", "happiness"],
    ["16", "anger"],
  ]);
  // One clip of another name is skipped; dates are no emotions.
  const stray = await found({
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`a/1001_DFA_ANG_${"XY"[i % 2]}${"ABCDEF"[i >> 1]}.wav`, wav]),
    ),
    "a/test.wav": wav,
  });
  expect(stray.sounds.length).toBe(12);
  expect(stray.skipped).toContainEqual({
    item: "a/test.wav",
    reason: "its name states no class, as the others do",
  });
  const dates = await found({ "rec/21-10-01-12-00-30-00.wav": wav, "other/21-10-02-12-00-30-00.wav": wav });
  expect(dates.sounds.map(([, , , label]) => label).sort()).toEqual(["other", "rec"]);
  // Sorted into classes by hand: the folders are the classes.
  const sorted = await found({ "good/03-01-05-01-02-01-01.wav": wav, "bad/03-01-08-02-02-02-12.wav": wav });
  expect(sorted.sounds.map(([, , , label]) => label).sort()).toEqual(["bad", "good"]);
});

test("UrbanSound8K: folders of folds, and clips of one recording in a group", async () => {
  const clips = Array.from({ length: 24 }, (_, i) => ({
    name: `${100 + (i >> 1)}-0-0-${i}.wav`,
    fold: 1 + (i % 2),
  }));
  const { sounds, target } = await found({
    ...Object.fromEntries(clips.map(({ name, fold }) => [`audio/fold${fold}/${name}`, wav])),
    "metadata/UrbanSound8K.csv": `slice_file_name,fsID,start,end,salience,fold,classID,class\n${clips
      .map(
        ({ name, fold }, i) =>
          `${name},${100 + (i >> 1)},0,4,1,${fold},${i % 3},${["siren", "drilling", "jackhammer"][i % 3]}`,
      )
      .join("\n")}`,
  });
  expect(target).toBe("classes");
  expect(sounds[0]).toEqual(["fold1/100-0-0-0.wav", undefined, "100", "siren"]);
  expect(new Set(sounds.map(([, , group]) => group)).size).toBe(12);
});

test("LibriSpeech: transcripts, speakers and splits by folder", async () => {
  const { sounds, target, skipped } = await found({
    "train-clean-100/84/121123/84-121123-0000.flac": wav,
    "train-clean-100/84/121123/84-121123.trans.txt":
      "84-121123-0000 GO DO YOU HEAR\n84-121123-0001 BUT IN LESS THAN FIVE MINUTES\n",
    "test-other/61/70968/61-70968-0000.flac": wav,
    "test-other/61/70968/61-70968.trans.txt": "61-70968-0000 HE BEGAN\n",
  });
  expect(target).toBe("transcript");
  expect([...sounds].sort()).toEqual([
    ["test-other/61/70968/61-70968-0000.flac", "test", "61", "HE BEGAN"],
    ["train-clean-100/84/121123/84-121123-0000.flac", "train", "84", "GO DO YOU HEAR"],
  ]);
  expect(skipped).toEqual([
    {
      item: "train-clean-100/84/121123/84-121123.trans.txt, line 2",
      reason: 'there is no sound "84-121123-0001"',
    },
  ]);
});

test("Common Voice: quotes are text, clips are in their folder, and validated.tsv is left out", async () => {
  const head = "client_id\tpath\tsentence\tup_votes\n";
  const { sounds, target, groupedBy } = await found({
    "train.tsv": `${head}a1\tcommon_voice_en_1\t"Yes, he said.\t2\n`,
    "dev.tsv": `${head}b2\tcommon_voice_en_2.mp3\tNo "way" out\t2\n`,
    "test.tsv": `${head}c3\tcommon_voice_en_3.mp3\tRight\t2\n`,
    "validated.tsv": `${head}a1\tcommon_voice_en_1\t"Yes, he said.\t2\n`,
    "clips/common_voice_en_1.mp3": wav,
  });
  expect(target).toBe("transcript");
  expect(groupedBy).toBe("client_id");
  expect(sounds.map(([id, given, group]) => [id, given, group])).toEqual([
    ["clips/common_voice_en_1.mp3", "train", "a1"],
    ["clips/common_voice_en_2.mp3", "validation", "b2"],
    ["clips/common_voice_en_3.mp3", "test", "c3"],
  ]);
});

test("audiofolder: metadata in the folders of splits, with a warning about clips without a row", async () => {
  const { sounds, warnings, target } = await found({
    "train/metadata.csv": "file_name,text,speaker\na.wav,one,s1\n",
    "train/a.wav": wav,
    "train/b.wav": wav,
    "test/metadata.csv": "file_name,text,speaker\nc.wav,two,s2\n",
    "test/c.wav": wav,
  });
  expect(target).toBe("transcript");
  expect(sounds).toEqual([
    ["train/a.wav", "train", "s1", "one"],
    ["test/c.wav", "test", "s2", "two"],
  ]);
  expect(warnings.map(({ message }) => message)).toEqual([
    '1 clip left out, since no row names it: "train/b.wav"',
  ]);
});

test("a pattern gives the groups, in place of those of a layout", async () => {
  const files = { "0_theo_0.wav": wav, "1_theo_1.wav": wav, "0_lucas_1.wav": wav };
  const { sounds, groupedBy } = await found(files, { groupFrom: "_([0-9]+)[.]wav$" });
  expect(groupedBy).toBe("_([0-9]+)[.]wav$");
  expect(sounds.map(([id, , group]) => [id, group])).toEqual([
    ["0_lucas_1.wav", "1"],
    ["0_theo_0.wav", "0"],
    ["1_theo_1.wav", "1"],
  ]);
});

test("folders of a split, and formats that cannot be read", async () => {
  const { sounds, unread } = await found({
    "train/cat/a.wav": wav,
    "train/dog/b.wav": wav,
    "test/cat/c.wav": wav,
    "test/dog/d.m4a": wav,
  });
  expect(sounds).toEqual([
    ["test/cat/c.wav", "test", undefined, "cat"],
    ["train/cat/a.wav", "train", undefined, "cat"],
    ["train/dog/b.wav", "train", undefined, "dog"],
  ]);
  expect(unread).toEqual(["test/dog/d.m4a"]);
});
