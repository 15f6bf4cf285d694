import { spawnSync } from 'child_process';
import { Credentials, EmulatedAccount } from '../emulator/emulators';
import { PYTHON } from '../emulator/repository';

/** Where Python runs, and as whom. Nothing of the developer's environment reaches it but PATH. */
export interface PythonOptions {
  readonly account: EmulatedAccount;
  readonly credentials: Credentials;
  readonly environment?: Record<string, string>;
  readonly folder?: string;
}

/** @returns what it printed */
export function python(parameters: string[], { account, credentials, environment, folder }: PythonOptions): string {
  const { stdout, stderr, status, error } = spawnSync(PYTHON, parameters, {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: account.endpoint,
      AWS_DEFAULT_REGION: account.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken },
      ...environment,
    },
  });
  if (status !== 0) throw error ?? new Error(stderr);
  return stdout;
}

/** What a script prints as JSON, in its last line. */
export function answerOf(script: string, options: PythonOptions): any {
  return lastLine(python(['-c', script], options));
}

export function lastLine(output: string): any {
  return JSON.parse(output.trim().split('\n').at(-1)!);
}

/** Defines `answer(call)` for scripts: `done`, or the code of the refusal. */
export const ANSWER = `
from botocore.exceptions import ClientError
def answer(call):
    try:
        call()
        return "done"
    except ClientError as error:
        return error.response["Error"]["Code"]
`;
