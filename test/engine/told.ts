/** What a run told of changes, below the resources that change. */
export function toldIn(output: string): string[] {
  const wanted =
    /^(closure|packages|rebuilt|units|new units|to (build|fetch|copy)|fetched|not built|the same as it was)\b.*:/;
  return output
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => wanted.test(line));
}
