const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** A size for people: `512 bytes`, `1.5 KiB`, `4.3 MiB`. */
export function formatBytes(bytes: number): string {
  const unit = unitOf(bytes);
  return `${inUnit(bytes, unit)} ${UNITS[unit]}`;
}

/** The same with its sign: `+1.5 KiB`, `-512 bytes`. */
export function formatGrowth(bytes: number): string {
  return `${bytes < 0 ? "-" : "+"}${formatBytes(Math.abs(bytes))}`;
}

/** How much there is of a size, in the size's unit: `0.3 of 4.3 MiB`. */
export function formatPart(bytes: number, all: number): string {
  return `${inUnit(bytes, unitOf(all))} of ${formatBytes(all)}`;
}

function unitOf(bytes: number): number {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1];
  return unit;
}

function inUnit(bytes: number, unit: number): string {
  return unit === 0 ? `${bytes}` : (bytes / 1024 ** unit).toFixed(1);
}
