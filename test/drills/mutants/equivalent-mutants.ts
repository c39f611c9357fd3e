/** The mutants that no test kills, by name, and why. */
export const equivalentMutants: Readonly<Record<string, string>> = {};
