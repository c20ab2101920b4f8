export type Length = "short" | "full";

const SHORT = 8;

/** Items with commas between them, cut after eight unless all are asked for. */
export function listed(items: readonly string[], length: Length): string {
  const shown = length === "full" ? items : items.slice(0, SHORT);
  const more = items.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
