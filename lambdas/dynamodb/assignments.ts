/** The parts of an `UpdateItem` that sets attributes: each `name` becomes `#name = :name`. */
export const assignments = (attributes: Record<string, unknown>) => {
  const names = Object.keys(attributes);
  return {
    sets: names.map((name) => `#${name} = :${name}`),
    names: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    values: Object.fromEntries(names.map((name) => [`:${name}`, attributes[name]])),
  };
};
