import { z } from "zod";
import { wholeNumber } from "./plain-words.ts";

/** In which order the machines of a live stack get their secrets and are activated. */
export const rollout = z.strictObject({
  maxParallel: wholeNumber(0).default(0),
  canaries: wholeNumber(0).default(0),
});
