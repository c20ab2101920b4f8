import { z } from "zod";

/**
 * What is wrong with a value whose schema has no words of its own for it, in the words of those that
 * have.
 */
export function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_value":
      return `must be one of ${listed(issue.values.map(String))}`;
    case "invalid_type":
      return issue.input === undefined
        ? "is missing"
        : (kinds[issue.expected] ?? `must be of type ${issue.expected}`);
    case "unrecognized_keys":
      return `has no part ${listed(issue.keys.map((key) => JSON.stringify(key)))}: correct its name, or remove it`;
    case "invalid_key":
      return `its name ${issue.issues[0]?.message}`;
  }
  return undefined;
}

const kinds: Readonly<Record<string, string>> = {
  string: "must be text",
  boolean: "must be true or false",
  array: "must be a list",
  object: "must be an object",
  record: "must be an object",
};

/** A whole number within bounds. */
export function wholeNumber(least: number, most?: number): z.ZodInt {
  const wanted = `must be a whole number ${most === undefined ? `of at least ${least}` : `from ${least} to ${most}`}`;
  // One that is too big for an integer is not told twice.
  const number = z.int({ error: wanted, abort: true }).min(least, wanted);
  return most === undefined ? number : number.max(most, wanted);
}

/** A text that says something. */
export const someText = z.string().min(1, "must not be empty");

function listed(words: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(words);
}
