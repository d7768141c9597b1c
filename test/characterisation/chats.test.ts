import { characterise } from "./suite.js";
import { casesOf } from "./tasks.js";

characterise(casesOf("chats"));
