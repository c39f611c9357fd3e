/** How a run comes to its end before it is done. */
export interface Ending {
  /** Aborted by the first Ctrl-C or SIGTERM, by a failure, or once there is no one to print to. */
  signal: AbortSignal;
  /** Rejects once something has failed that nothing can go on without. */
  failure: Promise<never>;
  isInterrupted(): boolean;
  hasFailed(): boolean;
  /** Ends the run as something has failed. */
  fail: (error: Error) => void;
  /** Takes no signals any more. */
  release(): void;
}

// npm sends on a signal that the terminal has sent to both of them.
const echoMilliseconds = 500;

/** Listens for what ends a run: the first Ctrl-C lets it finish what is under way, the second ends the process. */
export const listenForEnd = (stdoutClosed: AbortSignal): Ending => {
  const end = new AbortController();
  const failure = Promise.withResolvers<never>();
  // It may fail while no one waits for it.
  failure.promise.catch(() => {});
  let isInterrupted = false;
  let interruptedAt = 0;
  let hasFailed = false;
  const onSignal = (): void => {
    if (isInterrupted && performance.now() - interruptedAt < echoMilliseconds) return;
    if (isInterrupted) process.exit(130);
    isInterrupted = true;
    interruptedAt = performance.now();
    end.abort();
  };
  const onClosed = (): void => end.abort();
  const signals = ["SIGINT", "SIGTERM"];
  for (const name of signals) process.on(name, onSignal);
  stdoutClosed.addEventListener("abort", onClosed);
  return {
    signal: end.signal,
    failure: failure.promise,
    isInterrupted: () => isInterrupted,
    hasFailed: () => hasFailed,
    fail: (error) => {
      hasFailed = true;
      failure.reject(error);
      end.abort();
    },
    release: () => {
      for (const name of signals) process.off(name, onSignal);
      stdoutClosed.removeEventListener("abort", onClosed);
    },
  };
};
