// The demos of `npm start` and `npm start -- text`, `boxes`, `masks` and `sounds`, for running and measuring them.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const assets = fileURLToPath(new URL("../../assets", import.meta.url));

/** Options that also train the same network from scratch, once. */
const fromScratch = (steps) => ["--baselines", "--seeds", "1", "--scratch-steps", String(steps)];

/**
 * The demos by name.
 *
 * - `train`: the command.
 * - `scratch`: further options, which also train from scratch until that network has learnt.
 * - `leavesScratchOut`: true if that takes longer than a first minute. `npm start` then prints what scratch.json says of it.
 */
export const demos = {
  /**
   * Four epochs: enough to see the transfer. By scripts/demo/choose-rates.mjs --strategies finetune --seeds 2, validation accuracy is
   * 0.878 with this rate, 0.856 with 0.003 and 0.789 with 0.001.
   */
  pictures: {
    train: ["train", join(assets, "demo"), "--epochs", "4", "--lr", "0.01"],
    scratch: fromScratch(1500),
    leavesScratchOut: true,
  },
  /**
   * The learning rate is below the default. By scripts/demo/choose-rates.mjs validation accuracy is 0.833 with 0.00003, 0.0001 and
   * 0.0003, and the loss is lowest with 0.0001 (0.434, 0.419 and 0.425; mean of three seeds).
   */
  text: {
    train: ["train", join(assets, "demo-texts/messages.csv"), "--epochs", "5", "--lr", "0.0001"],
    scratch: fromScratch(300),
    leavesScratchOut: false,
  },
  /**
   * 256 pixels are the size of the pictures, and make a step three times as fast as the default. Validation mAP is 0.314 with this
   * rate, 0.310 with 0.001 and 0.272 with 0.003.
   */
  boxes: {
    train: ["train", join(assets, "demo-boxes"), "--image-size", "256", "--epochs", "16", "--lr", "0.002"],
    scratch: fromScratch(300),
    leavesScratchOut: true,
  },
  /** Ten epochs on 80 short clips: seconds. A machine is on one side of the split. */
  sounds: {
    train: ["train", join(assets, "demo-sounds"), "--epochs", "10", "--group-from", "(machine\\d+)"],
    scratch: fromScratch(150),
    leavesScratchOut: false,
  },
  /** Validation mIoU is 0.816 with this rate, 0.799 with 0.001 and 0.804 with 0.003. */
  masks: {
    train: ["train", join(assets, "demo-masks"), "--epochs", "15", "--lr", "0.002"],
    scratch: fromScratch(200),
    leavesScratchOut: true,
  },
};

/** Returns the words of a demo as `npm start` runs it. @param more the user's further words; they decide about baselines if they name them */
export function demoCommand(name, more = []) {
  const { train, scratch, leavesScratchOut } = demos[name];
  const decided = more.some((word) => /^--(no-)?baselines$/.test(word));
  const usual = leavesScratchOut ? ["--no-baselines"] : scratch;
  return [...train, ...(decided ? [] : usual), ...more];
}
