import { z } from "zod";
import { plainWords, someText, wholeNumber } from "./plain-words.ts";

const timeoutSeconds = wholeNumber(1, 3600).default(30);

const shapes = {
  /** Asked by the deployer, at the machine's address. */
  path: z.strictObject({
    path: z.string().regex(/^\/[\x21-\x7e]*$/, "must be a URL's path such as /healthz"),
    port: wholeNumber(1, 65_535).default(80),
    status: wholeNumber(100, 599).default(200),
    bodyPattern: z.string().refine(isPattern, "must be a regular expression").optional(),
    timeoutSeconds,
  }),
  /** Run on the machine as root, in a POSIX shell; must exit with 0. */
  command: z.strictObject({
    command: someText.refine(hasNoNul, "must not hold a NUL"),
    timeoutSeconds,
  }),
  /** Must be active. */
  unit: z.strictObject({
    unit: z
      .string()
      .regex(/^[\w:@.\\-]+\.[a-z]+$/, "must be a unit with its suffix such as iplz.service"),
    timeoutSeconds,
  }),
};

type Kind = keyof typeof shapes;
const kinds = Object.keys(shapes) as Kind[];

export type HealthCheckConfig = { [K in Kind]: z.infer<(typeof shapes)[K]> }[Kind];

/** Chosen by its one telling key, so that a fault is told of the kind that was meant. */
const healthCheck = z.unknown().transform((value, context): HealthCheckConfig => {
  const given = kinds.filter((kind) => typeof value === "object" && value && kind in value);
  const [kind, ...others] = given;
  if (!kind || others.length > 0) {
    context.addIssue({ code: "custom", message: "must have one of path, command and unit" });
    return z.NEVER;
  }
  const parsed = shapes[kind].safeParse(value, { reportInput: true, error: plainWords });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push(issue as never);
  return z.NEVER;
});

export const healthChecks = z.array(healthCheck);

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function hasNoNul(text: string): boolean {
  return !text.includes("\0");
}
