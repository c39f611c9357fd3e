import { type Clock, VirtualClock } from "./clock.ts";

/** A clock of virtual time that can go over to real time. */
export interface SwitchingClock extends Clock, Pick<VirtualClock, "ahead" | "switchToRealTime"> {}

/** Makes a clock that skips waits, until it is switched. */
export const makeSwitchingClock = (): SwitchingClock => new VirtualClock();
