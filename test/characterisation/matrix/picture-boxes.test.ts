import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("picture-boxes");
