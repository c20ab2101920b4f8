/**
 * Property values as the engine sends them: JSON, with secrets and assets as objects that carry a
 * signature. https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go
 */
export type Value = null | boolean | number | string | Value[] | Properties;
export interface Properties {
  [name: string]: Value;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Stands for a value that a preview cannot know. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Asset = Properties & { hash?: string; path?: string; text?: string; uri?: string };
export type Archive = Properties & { hash?: string; path?: string; uri?: string };

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: Value | undefined): value is Properties & { value: Value } {
  return isObject(value) && value[signatureKey] === secretSignature;
}

export function isAsset(value: unknown): value is Asset {
  return isObject(value) && value[signatureKey] === assetSignature;
}

export function isArchive(value: unknown): value is Archive {
  return isObject(value) && value[signatureKey] === archiveSignature;
}

export function makeSecret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

export function makeFileAsset(path: string, hash: string): Asset {
  return { [signatureKey]: assetSignature, path, hash };
}

export function makeAssetArchive(assets: Record<string, Asset>, hash: string): Archive {
  return { [signatureKey]: archiveSignature, assets, hash };
}

/** The value with the secret markers taken off, at every depth. */
export function reveal(value: Value): Value {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isObject(value)) return revealAll(value);
  return value;
}

export function revealAll(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, reveal(value)]),
  );
}

/** The properties that have a value: an absent one and a null one mean the same to the engine. */
export function dropNulls(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== null));
}

/** Every text that is marked secret in the value. */
export function secretTexts(value: Value, insideSecret = false): string[] {
  if (isSecret(value)) return secretTexts(value.value, true);
  if (Array.isArray(value)) return value.flatMap((item) => secretTexts(item, insideSecret));
  if (isObject(value))
    return Object.values(value).flatMap((item) => secretTexts(item, insideSecret));
  return insideSecret && typeof value === "string" && value !== unknownValue ? [value] : [];
}
