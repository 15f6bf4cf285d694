import { spawn } from 'child_process';
import { join } from 'path';

const CFN_LINT = join(__dirname, '..', '..', '.venv', 'bin', 'cfn-lint');

export interface LintFinding {
  readonly Filename: string;
  readonly Level: 'Error' | 'Warning' | 'Informational';
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path?: (string | number)[] };
}

/**
 * W3005: CDK lets whatever uses a role wait for the role's policies, and names the role, too. W3010: zones are literal where a user chose them by
 * name, or CDK looked them up for a known region.
 */
const ACCEPTED_WARNINGS = ['W3005', 'W3010'];

/**
 * What cfn-lint finds in templates, in one process.
 *
 * @param regions whose resource types and values it knows; in the message of a finding that depends on them is which
 */
export async function lint(templates: string[], regions = ['us-east-1']): Promise<LintFinding[]> {
  const output = await outputOf(['--ignore-checks', ...ACCEPTED_WARNINGS, '--format', 'json', '--regions', ...regions, '--', ...templates]);
  try {
    return JSON.parse(output.stdout);
  } catch {
    throw new Error(`cfn-lint did not answer in JSON: ${output.stdout}${output.stderr}`);
  }
}

function outputOf(parameters: string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(CFN_LINT, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk) => output.stdout += chunk);
    child.stderr.setEncoding('utf8').on('data', (chunk) => output.stderr += chunk);
    child.on('error', reject).on('close', () => resolve(output));
  });
}
