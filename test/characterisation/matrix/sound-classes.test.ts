import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("sound-classes");
