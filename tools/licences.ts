import { join } from "node:path";
import { Command } from "commander";

new Command("npm run licences --")
  .description("Lists the licence of every package, and fails if one is neither permissive nor allowed by name.")
  .parse();

// Loaded late: the help needs no packages.
const { licensedPackages } = await import("./licensed-packages.ts");

const packages = licensedPackages(join(import.meta.dirname, ".."));
for (const { name, version, licence } of packages) console.log(`${licence.padEnd(24)}  ${name} ${version}`);
const refused = packages.filter(({ isAllowed }) => !isAllowed);
console.log(`${packages.length} packages, ${packages.length - refused.length} under licences that are allowed`);
for (const { name, version, licence } of refused) console.error(`Not allowed: ${name} ${version}, ${licence}`);
process.exitCode = refused.length > 0 ? 1 : 0;
