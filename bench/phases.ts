import type { TimedCommand, TimedEvent } from "./timed-events.ts";

/** Something that took time in an `up`. */
export interface Phase {
  readonly name: string;
  /** Seconds after the command began. */
  readonly begin: number;
  readonly seconds: number;
  /** Whether the `up` as a whole waited for it; otherwise it went on beside what did. */
  readonly isOnTheWay: boolean;
  /** What of it took longest, where it tells. */
  readonly parts: readonly { readonly name: string; readonly seconds: number }[];
}

interface Span {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

interface ResourceSpan extends Span {
  readonly type: string;
}

const BUILD = "pulumi-nodejs:dynamic/nix:Build";

/**
 * What each second of a first `up` went to, by begin: those on the way follow each other without a gap
 * and add up to the whole.
 */
export function phasesOf({ events, seconds }: TimedCommand): Phase[] {
  const resources = resourcesOf(events);
  const way = wayThrough(resources, events);
  const first = way[0]?.begin ?? seconds;
  const starting = startOf(events, first);
  const last = way.at(-1);
  const ending = last
    ? [{ name: "the program's outputs, the state, the CLI's end", begin: last.end, end: seconds }]
    : [];
  const onTheWay = [...starting, ...way, ...ending];
  const beside = resources.filter((resource) => !way.includes(resource));
  const builds: Span[] = resources.filter(({ type }) => type === BUILD);
  return [...onTheWay, ...beside]
    .toSorted((a, b) => a.begin - b.begin)
    .map((span) => ({
      name: span.name,
      begin: span.begin,
      seconds: span.end - span.begin,
      isOnTheWay: onTheWay.includes(span),
      parts: builds.includes(span) ? partsOf(span, events) : [],
    }));
}

/** Custom resources; components and providers take no time of their own. */
function resourcesOf(events: readonly TimedEvent[]): ResourceSpan[] {
  const begins = new Map<string, number>();
  const spans: ResourceSpan[] = [];
  for (const { seconds, event } of events) {
    const { urn = "", type = "" } =
      (event.resourcePreEvent ?? event.resOutputsEvent)?.metadata ?? {};
    if (event.resourcePreEvent) begins.set(urn, seconds);
    if (!event.resOutputsEvent?.metadata.new?.custom || type.startsWith("pulumi:")) continue;
    const name = `${type.split(":").at(-1)} \`${urn.split("::").at(-1)}\``;
    spans.push({ name, type, begin: begins.get(urn) ?? seconds, end: seconds });
  }
  return spans;
}

/** From the last resource to the first, each time the one that ended last before the next began. */
function wayThrough(resources: readonly ResourceSpan[], events: readonly TimedEvent[]): Span[] {
  const way: Span[] = [];
  let next = resources.toSorted((a, b) => a.end - b.end).at(-1);
  while (next) {
    way.unshift(next);
    const { begin }: ResourceSpan = next;
    const before: ResourceSpan | undefined = resources
      .filter(({ end }) => end <= begin)
      .toSorted((a, b) => a.end - b.end)
      .at(-1);
    if (before)
      way.unshift({ name: nameOfGap(before, next, events), begin: before.end, end: begin });
    next = before;
  }
  return way;
}

function nameOfGap(
  before: ResourceSpan,
  { type, name, begin }: ResourceSpan,
  events: readonly TimedEvent[],
): string {
  if (type === BUILD && before.type !== BUILD) return "evaluation";
  const started = events.find(
    ({ seconds, event }) =>
      before.end <= seconds &&
      seconds <= begin &&
      event.resourcePreEvent?.metadata.type.startsWith("pulumi:providers:"),
  );
  const plugin = started?.event.resourcePreEvent?.metadata.type.split(":").at(-1);
  return plugin ? `the start of plugin ${plugin}` : `the engine, up to ${name}`;
}

/** All that comes before the first resource. */
function startOf(events: readonly TimedEvent[], end: number): Span[] {
  const at = (isIt: (told: TimedEvent) => unknown) => events.find(isIt)?.seconds ?? end;
  const marks: [string, number][] = [
    ["the CLI: project, state, secrets", at(({ event }) => event.preludeEvent)],
    ["Node.js and the Pulumi SDK", at(({ event }) => event.resourcePreEvent)],
    [
      "the program and what it imports",
      at(({ event }) =>
        /^Registering resource: .*custom=true/.test(event.diagnosticEvent?.message ?? ""),
      ),
    ],
    ["the dynamic providers' process", end],
  ];
  return marks.map(([name, until], index) => ({
    name,
    begin: marks[index - 1]?.[1] ?? 0,
    end: until,
  }));
}

/**
 * The derivations that a build spent at least a second on; builds follow each other. Of lines that come
 * within a second only the last is told, so a derivation may begin with a line of its log.
 */
function partsOf(build: Span, events: readonly TimedEvent[]): Phase["parts"] {
  const begun = events
    .filter(({ seconds }) => build.begin <= seconds && seconds <= build.end)
    .flatMap(({ seconds, event }) => {
      const message = event.diagnosticEvent?.message ?? "";
      const name = /^building (\S+) \(|^(\S+)> /.exec(message)?.slice(1).find(Boolean);
      return name ? [{ name, seconds }] : [];
    })
    .filter(({ name }, at, all) => name !== all[at - 1]?.name);
  return begun
    .map(({ name, seconds }, at) => ({
      name,
      seconds: (begun[at + 1]?.seconds ?? build.end) - seconds,
    }))
    .filter((part) => part.seconds >= 1);
}
