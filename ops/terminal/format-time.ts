/** A time in UTC, as an option such as `--since` takes it. */
export const formatTime = (time: Date): string => time.toISOString().replace(".000Z", "Z");
