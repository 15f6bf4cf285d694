import { Profiler, Session } from 'inspector';
import { relative } from 'path';
import { pathToFileURL } from 'url';

export interface Cost {
  /** A function of the library, and its file there. */
  readonly what: string;
  /** Of the time of the whole run: what it does itself, and what it has the AWS CDK and Node.js do. */
  readonly share: number;
}

/** What has CDK synthesize the app, and does nothing itself while that goes well. */
const HANDS_ON = 'Circles.stage.synth';

/**
 * Where the time of a run goes, by the innermost function of the library on the stack. What the AWS CDK does when no such function is on the stack, such as
 * resolving templates, is in none.
 *
 * @param folder the folder of the compiled library
 */
export function profile(folder: string, run: () => void): Cost[] {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 500 });
  session.post('Profiler.start');
  try {
    run();
    let result: Profiler.Profile | undefined;
    session.post('Profiler.stop', (_, stopped) => result = stopped.profile); // calls back before it returns
    return costs(folder, result!);
  } finally {
    session.disconnect();
  }
}

function costs(folder: string, { nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Cost[] {
  const library = pathToFileURL(folder).href;
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const innermost = (id: number | undefined): Profiler.ProfileNode | undefined => {
    const node = id === undefined ? undefined : byId.get(id)!;
    if (node?.callFrame.functionName === HANDS_ON) return undefined;
    return !node || node.callFrame.url.startsWith(library) || node.callFrame.url.startsWith(folder) ? node : innermost(parents.get(node.id));
  };
  const times = new Map<string, number>();
  samples.forEach((sample, index) => {
    const node = innermost(sample);
    if (!node) return;
    const { functionName, url } = node.callFrame;
    const what = `${functionName || 'a nameless function'} (${relative(folder, url.replace(/^file:\/\//, '')).replace(/\.js$/, '.ts')})`;
    times.set(what, (times.get(what) ?? 0) + timeDeltas[index]);
  });
  const all = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  return [...times].map(([what, time]) => ({ what, share: time / all })).sort((one, other) => other.share - one.share);
}
