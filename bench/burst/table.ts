import { type Bucket, makeBucket } from "./limits.ts";

/** What of an on-demand table, or of an index, is limited. */
export interface TableLimits {
  /** How many partitions it begins with, each good for 1,000 write or 3,000 read units in a second. */
  partitions: number;
  /** How many partitions the account's quota for a table comes to. */
  mostPartitions: number;
}

/** An on-demand table. */
export interface OnDemandTable {
  /** Does a request to an item on some partition, `where` from 0 to below 1; false if it is throttled. */
  take(request: { kind: "read" | "write"; units: number }, where: number, now: number): boolean;
  partitions(): number;
}

const writesPerPartition = 1000;
const readsPerWrite = 3;
const half = 30 * 60 * 1000;

/** A table that, half an hour after half an hour, is ready for twice what it was asked for. */
export const makeTable = ({ partitions: first, mostPartitions }: TableLimits): OnDemandTable => {
  let partitions = partitionsOf(first);
  let growsAt = half;
  let second = 0;
  let inSecond = 0;
  let peak = 0;
  return {
    take: ({ kind, units }, where, now) => {
      const cost = kind === "write" ? units : units / readsPerWrite;
      if (Math.floor(now / 1000) !== second) {
        second = Math.floor(now / 1000);
        inSecond = 0;
      }
      inSecond += cost;
      peak = Math.max(peak, inSecond);
      if (now >= growsAt) {
        const wanted = Math.min(mostPartitions, Math.ceil((2 * peak) / writesPerPartition));
        if (wanted > partitions.length) partitions = partitionsOf(wanted);
        growsAt = now + half;
      }
      return partitions[Math.floor(where * partitions.length)]?.take(now, cost) ?? false;
    },
    partitions: () => partitions.length,
  };
};

const partitionsOf = (count: number): Bucket[] =>
  Array.from({ length: count }, () => makeBucket(writesPerPartition, writesPerPartition));
