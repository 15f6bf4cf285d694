import { spawnSync } from 'child_process';
import { join } from 'path';

const CFN_LINT = join(__dirname, '..', '..', '.venv', 'bin', 'cfn-lint');

export interface LintFinding {
  readonly Filename: string;
  readonly Level: 'Error' | 'Warning' | 'Informational';
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path?: (string | number)[] };
}

/** What cfn-lint finds in templates. W3005: CDK lets whatever uses a role wait for the role's policies, and names the role, too. */
export function lint(templates: string[]): LintFinding[] {
  const { stdout, stderr, error } = spawnSync(CFN_LINT, ['--ignore-checks', 'W3005', '--format', 'json', '--', ...templates], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error) throw error;
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`cfn-lint did not answer in JSON: ${stdout}${stderr}`);
  }
}

if (require.main === module) console.log(JSON.stringify(lint(process.argv.slice(2))));
