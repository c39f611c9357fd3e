/** A command cannot be run as it was asked for; its message says all that there is to say. */
export class Unusable extends Error {}
