import { z } from "zod";

const account = z
  .string("must be text such as app")
  .regex(
    /^([a-z_][a-z0-9_-]{0,31}|[0-9]{1,9})$/,
    "must be the name of a user or group, or its number",
  );

const unit = z
  .string("must be text such as app.service")
  .regex(
    /^[A-Za-z0-9:_][A-Za-z0-9:_.\\@-]*\.(service|socket|target|timer|path)$/,
    "must be a unit such as app.service",
  );

/** All that a secret has but its value, with defaults. No message of it holds what was given. */
export const secretAttributes = z.strictObject({
  owner: account.default("root"),
  group: account.default("root"),
  mode: z
    .string('must be text in quotes: "0400"')
    .regex(/^0[0-7]{3}$/, 'must be four octal digits from 0 on, such as "0400"')
    .default("0400"),
  restartUnits: z.array(unit).default([]),
  persist: z.boolean("must be true or false").default(false),
});

export type SecretAttributes = z.output<typeof secretAttributes>;

/** A file name that systemd takes for a credential, too. */
export const secretName = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/,
    "must be letters, digits, dots, dashes and underscores, with no dot or dash at the beginning",
  );

/** systemd-creds encrypts no more than 1 MiB, and decrypts a little less. */
const mostBytes = 512 * 1024;

/** What is wrong with a value, without it. */
export function faultInValue(value: unknown): string | undefined {
  if (value === undefined) return "is not set";
  if (typeof value !== "string") return "must be text";
  if (!value.isWellFormed()) return "must be Unicode text: half of a surrogate pair is in it";
  if (Buffer.byteLength(value) > mostBytes) return `must have at most ${mostBytes} bytes`;
  return undefined;
}
