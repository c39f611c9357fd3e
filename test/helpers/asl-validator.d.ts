declare module "asl-validator" {
  /** Checks a definition in the States Language. */
  export default function validate(definition: unknown): { isValid: boolean; errorsText: () => string };
}
