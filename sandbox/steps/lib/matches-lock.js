// Exits with 0 when node_modules holds what package-lock.json says. npm keeps its own account of what
// it installed in node_modules/.package-lock.json and leaves out what other platforms need.
import { readFileSync } from "node:fs";

const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
const installed = JSON.parse(readFileSync("node_modules/.package-lock.json", "utf8")).packages;

const isSame = (a, b) => a.version === b.version && a.integrity === b.integrity;
const differs = Object.entries(wanted)
  .filter(([path]) => path !== "")
  .some(([path, entry]) =>
    installed[path] ? !isSame(entry, installed[path]) : !(entry.optional || entry.devOptional),
  );
const isExtra = (path) => wanted[path] === undefined && !path.startsWith("node_modules/node/");

process.exitCode = differs || Object.keys(installed).some(isExtra) ? 1 : 0;
