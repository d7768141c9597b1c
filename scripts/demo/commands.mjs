// Commands of `npm start` and `npm start -- text`, `boxes`, `masks` and `sounds`, for running and measuring them.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const assets = fileURLToPath(new URL("../../assets", import.meta.url));

/** One seed, and 300 steps from scratch: the whole demo takes less than a minute. */
const beside = ["--baselines", "--seeds", "1", "--scratch-steps", "300"];

/**
 * Four epochs: enough to see the transfer. By scripts/demo/choose-rates.mjs --strategies finetune --seeds 2, validation accuracy is 0.878
 * with this rate, 0.856 with 0.003 and 0.789 with 0.001.
 */
export const pictures = ["train", join(assets, "demo"), ...beside, "--epochs", "4", "--lr", "0.01"];

/**
 * The learning rate is below the default. By scripts/demo/choose-rates.mjs validation accuracy is 0.833 with 0.00003, 0.0001 and
 * 0.0003, and the loss is lowest with 0.0001 (0.434, 0.419 and 0.425; mean of three seeds).
 */
export const texts = [
  ...["train", join(assets, "demo-texts/messages.csv"), ...beside],
  ...["--epochs", "5", "--lr", "0.0001"],
];

/**
 * 256 pixels are the size of the pictures, and make a step three times as fast as the default. Validation mAP is 0.314 with this rate,
 * 0.310 with 0.001 and 0.272 with 0.003.
 */
export const boxes = [
  ...["train", join(assets, "demo-boxes"), "--baselines", "--seeds", "1", "--scratch-steps", "60"],
  ...["--image-size", "256", "--epochs", "16", "--lr", "0.002"],
];

/** Ten epochs on 80 short clips: seconds. A machine is on one side of the split. */
export const sounds = [
  ...["train", join(assets, "demo-sounds"), "--baselines", "--seeds", "1", "--scratch-steps", "150"],
  ...["--epochs", "10", "--group-from", "(machine\\d+)"],
];

/** Validation mIoU is 0.816 with this rate, 0.799 with 0.001 and 0.804 with 0.003. */
export const masks = [
  ...["train", join(assets, "demo-masks"), "--baselines", "--seeds", "1", "--scratch-steps", "100"],
  ...["--epochs", "15", "--lr", "0.002"],
];
