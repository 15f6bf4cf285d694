import { ChildProcess, fork } from 'child_process';
import { join } from 'path';

const PROCESSES = 2;

/** A check, and the names of the defects that it is asked about. */
export interface Question {
  readonly check: string;
  readonly defects: string[];
}

/** The names of the defects that each check catches. Two processes answer, as one check takes longer than all others together. */
export async function askInProcesses(questions: Question[]): Promise<Map<string, string[]>> {
  const parts = questions.flatMap(inParts);
  const caught = new Map<string, string[]>(questions.map(({ check }) => [check, []]));
  const processes = Array.from({ length: Math.min(PROCESSES, parts.length) }, start);
  try {
    await Promise.all(processes.map(async (child) => {
      for (let part = parts.shift(); part; part = parts.shift()) caught.get(part.check)!.push(...await ask(child, part));
    }));
  } finally {
    processes.forEach((child) => child.kill());
  }
  return caught;
}

function inParts({ check, defects }: Question): Question[] {
  const parts = Array.from({ length: PROCESSES }, (_, part) => ({ check, defects: defects.filter((__, index) => index % PROCESSES === part) }));
  return parts.filter((part) => part.defects.length > 0);
}

function start(): ChildProcess {
  return fork(join(__dirname, 'check-process.ts'), { execArgv: ['--require', join(__dirname, '../setup/esbuild-register.js')] });
}

async function ask(child: ChildProcess, question: Question): Promise<string[]> {
  const started = performance.now();
  const { caught, error } = await new Promise<{ caught?: string[]; error?: string }>((resolve, reject) => {
    for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event); // of the question before
    child.on('message', resolve).on('error', reject)
      .on('exit', (code, signal) => reject(new Error(`the process of the check ${question.check} ended with ${signal ?? code}`)));
    child.send(question);
  });
  if (!caught) throw new Error(error);
  console.log(`${question.check}: ${question.defects.length} defects, ${Math.round((performance.now() - started) / 1000)} s`);
  return caught;
}
