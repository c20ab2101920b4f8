import { z } from "zod";

/** In which order the machines of a live stack get their secrets and are activated. */
export const rollout = z.strictObject({
  maxParallel: z.int().min(0).default(0),
  canaries: z.int().min(0).default(0),
});
