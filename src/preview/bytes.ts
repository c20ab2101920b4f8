const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** A size for people: `512 bytes`, `1.5 KiB`, `4.3 MiB`. */
export function formatBytes(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}

/** The same with its sign: `+1.5 KiB`, `-512 bytes`. */
export function formatGrowth(bytes: number): string {
  return `${bytes < 0 ? "-" : "+"}${formatBytes(Math.abs(bytes))}`;
}
