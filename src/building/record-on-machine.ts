import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NixError } from "../nix/cli.ts";
import type { StoreObject } from "../nix/closure.ts";
import { bootPartsOf } from "../nix/difference/boot-parts.ts";
import { type SystemRecord, toPackageObject } from "../nix/difference/record.ts";
import { parseUnit, type Units } from "../nix/difference/units.ts";
import { connect } from "../ssh/connection.ts";
import { nameOf } from "../ssh/reasons.ts";
import { runScript } from "../ssh/run-script.ts";
import type { SshTarget } from "../ssh/target.ts";

const script = readFileSync(join(import.meta.dirname, "describe-system.sh"), "utf8");

/**
 * The record of a system that is built on a machine, as the one of it here would be.
 *
 * @throws {NixError | SshError} when the machine cannot tell.
 */
export async function recordOnMachine(system: string, machine: SshTarget): Promise<SystemRecord> {
  await using connection = await connect(machine, 10);
  const answer = await runScript(connection, machine.user, script, [system]);
  if (answer.exitCode === 0) return parseDescription(answer.stdout);
  throw new NixError(
    `${nameOf(machine)} cannot tell what is in ${system}:\n${answer.stderr}\nMend it, then run \`pulumi up\` again: it carries on from here.`,
  );
}

/** Understands what describe-system.sh prints. */
export function parseDescription(text: string): SystemRecord {
  const [paths = "", sizes = "", boot = "", ...rest] = text.split("\n\n");
  const narSizes = sizes.split("\n").map(Number);
  const objects = paths
    .split("\n")
    .map((path, at): StoreObject => ({ path, narSize: narSizes[at] ?? 0 }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    objects: objects.map(toPackageObject),
    units: parseUnits(rest.join("\n\n")),
    boot: bootPartsOf(boot.split("\n").map(parsePart)),
  };
}

function parsePart(line: string): [string, string] {
  const [part = "", ...text] = line.split("=");
  return [part, text.join("=")];
}

function parseUnits(text: string): Units {
  const fields = text.split("\0");
  const textsOf = new Map<string, string[]>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name = "", content = ""] = fields.slice(at, at + 2);
    textsOf.set(name, [...(textsOf.get(name) ?? []), content]);
  }
  return Object.fromEntries([...textsOf].map(([name, texts]) => [name, parseUnit(name, texts)]));
}
