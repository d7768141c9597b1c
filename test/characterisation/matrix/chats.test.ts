import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("chats");
