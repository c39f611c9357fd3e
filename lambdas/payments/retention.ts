/** Until when a payment's record is kept, in unix seconds: tax law wants seven years of it, by the calendar. */
export const sevenYearsAfter = (unixSeconds: number): number => {
  const date = new Date(unixSeconds * 1000);
  return date.setUTCFullYear(date.getUTCFullYear() + 7) / 1000;
};
