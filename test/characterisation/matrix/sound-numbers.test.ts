import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("sound-numbers");
