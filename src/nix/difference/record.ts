import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { closureOf, type StoreObject, sizeOf } from "../closure.ts";
import { type BootParts, readBootParts } from "./boot-parts.ts";
import type { PackageObject } from "./packages.ts";
import { readUnits } from "./unit-files.ts";
import type { Unit, Units } from "./units.ts";

/** What one must know of a system to tell another one's difference from it, without having it. */
export interface SystemRecord {
  /** The store paths of its closure. */
  readonly objects: readonly PackageObject[];
  readonly units: Units;
  readonly boot: BootParts;
}

/**
 * The record of a store path that is built.
 *
 * @param closure its closure, for who has it already.
 * @throws {NixError} when it is not in this computer's store.
 */
export async function recordOf(
  storePath: string,
  closure: readonly StoreObject[] | Promise<readonly StoreObject[]> = closureOf(storePath),
): Promise<SystemRecord> {
  const [objects, units, boot] = await Promise.all([
    closure,
    readUnits(storePath),
    readBootParts(storePath),
  ]);
  return { objects: objects.map(toPackageObject), units, boot };
}

/** Bytes of the closure that the record is of. */
export function closureBytesOf({ objects }: SystemRecord): number {
  return sizeOf(objects);
}

/** A store path as records have it. */
export function toPackageObject({ path, narSize }: StoreObject): PackageObject {
  const [, hash = "", name = ""] = /^(.{10})[^-]*-(.*)$/s.exec(basename(path)) ?? [];
  return { hash, name, narSize };
}

/** A short text for the stack's state: some 20 bytes for each store path of the closure. */
export function encodeRecord({ objects, units, boot }: SystemRecord): string {
  const plain: z.input<typeof encoded> = {
    objects: objects.map(({ hash, name, narSize }) => [hash, name, narSize]),
    units: Object.entries(units).map(([name, { made, ...unit }]) => {
      const whole = encodeUnit(unit);
      if (!made) return [name, ...whole];
      return [name, ...whole, isDeepStrictEqual(made, unit) ? null : encodeUnit(made)];
    }),
    boot,
  };
  return gzipSync(JSON.stringify(plain), { level: 9 }).toString("base64");
}

/** The record that a state holds; undefined for none, and for one of another form than today's. */
export function decodeRecord(text: unknown): SystemRecord | undefined {
  if (typeof text !== "string") return undefined;
  try {
    const { objects, units, boot } = encoded.parse(
      JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString()),
    );
    return {
      objects: objects.map(([hash, name, narSize]) => ({ hash, name, narSize })),
      units: Object.fromEntries(
        units.map(([name, essence, reloaded, onChange, outlivesRemoval, part]) => {
          const unit = { essence, reloaded, onChange, outlivesRemoval };
          if (part === undefined) return [name, unit];
          return [name, { ...unit, made: part ? decodeUnit(part) : unit }];
        }),
      ),
      boot,
    };
  } catch {
    return undefined;
  }
}

function encodeUnit(unit: Unit): EncodedUnit {
  return [unit.essence, unit.reloaded, unit.onChange, unit.outlivesRemoval];
}

function decodeUnit([essence, reloaded, onChange, outlivesRemoval]: EncodedUnit): Unit {
  return { essence, reloaded, onChange, outlivesRemoval };
}

const unitParts = [
  z.string(),
  z.string(),
  z.enum(["restart", "reload", "keep", "nothing"]),
  z.boolean(),
] as const;
const encodedUnit = z.tuple(unitParts);
type EncodedUnit = z.infer<typeof encodedUnit>;

const encoded = z.object({
  objects: z.array(z.tuple([z.string(), z.string(), z.number()])),
  // Last the made part: null where it is the whole unit. Older versions wrote none.
  units: z.array(z.tuple([z.string(), ...unitParts, encodedUnit.nullable().optional()])),
  // Neither did they write these.
  boot: z.record(z.string(), z.string()).default({}),
});
