import { z } from "zod";
import { wholeNumber } from "./plain-words.ts";

/** How a system is activated on a machine. */
export const activation = z.strictObject({
  mode: z.enum(["switch", "boot", "test", "dry-activate"]).default("switch"),
  /** With mode boot: the machine reboots into the system, or goes back. */
  reboot: z.boolean().default(false),
  /** How long the switch may take. */
  timeoutSeconds: wholeNumber(1, 86_400).default(300),
  /** How long the machine waits for word that it can still be reached. */
  confirmTimeoutSeconds: wholeNumber(1, 3600).default(30),
});

export type ActivationConfig = z.infer<typeof activation>;
