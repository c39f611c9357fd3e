/** The environment variable of that name, which the Pulumi program sets. */
export const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set`);
  return value;
};
