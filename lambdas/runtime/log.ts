/** Writes lines to a Lambda's log, each with the ids that it is found by. */
export interface Log {
  info(message: string, facts?: object): void;
  warn(message: string, facts?: object): void;
  error(message: string, facts?: object): void;
}

/** What every line of one call says: whose event it is about, and the ARN of the execution that handles it. */
export interface LogIds {
  /** `evt_…`; null where what came is no event. */
  eventId: string | null;
  execution: string;
}

/** The log of one call of a Lambda. */
export const makeLog = (ids: LogIds): Log => ({
  info: (message, facts) => console.info({ message, ...ids, ...facts }),
  warn: (message, facts) => console.warn({ message, ...ids, ...facts }),
  error: (message, facts) => console.error({ message, ...ids, ...facts }),
});
