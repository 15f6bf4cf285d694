/** What is known of a task that failed. */
export interface FailedTask {
  readonly task: string;
  readonly what: string;
  readonly logGroup: string;
  readonly lines: string[];
  readonly stateMachineArn: string;
}

/**
 * What a failed deployment shows: what happened, what to do, and as many of the last lines of the log as there is room for.
 *
 * @param fits whether a text is short enough
 */
export function failureText({ task, what, logGroup, lines, stateMachineArn }: FailedTask, fits: (text: string) => boolean): string {
  const said = lines.map((line) => withoutPasswords(withoutControlCharacters(line))).filter((line) => line.trim() !== '');
  const hint = [what, ...said].some((text) => text.includes('exec format error')) ? `. ${WRONG_ARCHITECTURE}` : '';
  const again = `aws stepfunctions start-execution --state-machine-arn ${stateMachineArn} --input '{"task":"${task}"}'`;
  const head = `the task ${task} failed: ${withoutPasswords(what).slice(0, 1_000)}${hint}. All of its log is in the log group ${logGroup}. To run it again by hand: ${again}`;
  for (let from = 0; from < said.length; from++) {
    const text = `${head}. The last lines of its log:\n${said.slice(from).join('\n')}`;
    if (fits(text)) return text;
  }
  return shortened(head, said.at(-1) ?? '', fits);
}

const WRONG_ARCHITECTURE = 'The image is built for another processor than the task runs on: build it for the `cpuArchitecture` of the task, or set that to what the image is built for';

/** Of a last line that is too long alone, the end: errors end with what went wrong. */
function shortened(head: string, line: string, fits: (text: string) => boolean): string {
  for (let from = 0; from < line.length; from += 100) {
    const text = `${head}. The end of its log:\n…${line.slice(from)}`;
    if (fits(text)) return text;
  }
  let text = head;
  while (!fits(text)) text = text.slice(0, -100);
  return text;
}

/**
 * The password in a URL, `scheme://user:password@host`, whatever characters it has. Other secrets in a log cannot be told from other text.
 */
export function withoutPasswords(text: string): string {
  return text.replace(/(:\/\/[^\s:/@]*):\S*@/g, '$1:***@');
}

/** Colors, too. */
function withoutControlCharacters(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '');
}
