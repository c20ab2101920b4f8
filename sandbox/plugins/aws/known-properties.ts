import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const folder = dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));

/** The names of a type's inputs in the SDK: aws:ec2/ami:Ami has its own in ec2/ami.d.ts. */
export function knownProperties(token: string): string[] {
  const [, path = "", name = ""] = token.split(":");
  const text = readFileSync(join(folder, `${path}.d.ts`), "utf8");
  const [, args = ""] = text.split(`export interface ${name}Args {`);
  return [...args.matchAll(/^ {4}(\w+)\??: /gm)].map(([, property = ""]) => property);
}
