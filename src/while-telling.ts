/**
 * The result of the work. While it lasts, `tell` is called after each of the delays, in seconds, with
 * the seconds that it has lasted.
 */
export async function whileTelling<T>(
  work: Promise<T>,
  delays: Generator<number>,
  tell: (seconds: number) => void,
): Promise<T> {
  const begun = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    const { value, done } = delays.next();
    if (done) return;
    timer = setTimeout(() => {
      tell(Math.round((performance.now() - begun) / 1000));
      wait();
    }, value * 1000);
    // Who waits for work that never ends is not kept waiting by this.
    timer.unref();
  };
  wait();
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
