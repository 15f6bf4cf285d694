/** A value of HCL, as it is written there. */
type Hcl = string;

/** The block that configures the backend `s3` of Terraform or OpenTofu. */
export function backendBlock(settings: Record<string, Hcl>): string {
  const width = Math.max(...Object.keys(settings).map(({ length }) => length));
  const lines = Object.entries(settings).map(([name, value]) => `    ${name.padEnd(width)} = ${value}`);
  return ['terraform {', '  backend "s3" {', ...lines, '  }', '}', ''].join('\n');
}

/** A string, of which no character has a meaning to HCL. */
export function text(value: string): Hcl {
  return `"${value}"`;
}

export function list(values: string[]): Hcl {
  return `[${values.map(text).join(', ')}]`;
}
